"""The demo catalogue: products, reviews and pictures that the project itself writes and draws.

Offers `rows.products()` (rows in the import format), `drawing.draw(key)` (a picture's master),
`drawing.placeholder(...)` (the key of the picture that suits an imported product) and `load.load()`.
Everything is made from stable hashes: the same version makes the same shop on every machine.
It must not import anything of Django outside `load.py` and `files.py`, so that workers can draw without a project.
"""
