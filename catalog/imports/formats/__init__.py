"""The file formats: one module each, with `read(lines, currency=)` and `write(row)`; `table` knows them all."""
