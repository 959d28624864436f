"""Cart: what a shopper means to buy and what it will cost."""
