"""Which tax is due where, for whom.

Owns tax rates, tax settings by country, exemptions and what was heard of VAT ids. Offers `selectors.ruling` (the regime
of a sale) over the pure `rules` and `regimes`, `asking` for what a tax service says, `services` for VAT ids. Must not
know what is bought: pricing puts rates and lines together.
"""
