"""The tests. A package, because the library that PayPal's client stands on brings a package `tests` of its own."""
