"""The outside systems that know about tax, one file each; `table` names them."""
