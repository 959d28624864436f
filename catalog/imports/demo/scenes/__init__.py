"""Drawings, one file per family of things: each function draws one kind with a `Pen`. `KINDS` is the table of them all."""
