"""Forget the local data of a checkout."""

import os
import sys
from pathlib import Path

from shop.local import addresses, ground, processes
from shop.local.lock import Lock, Taken

_EVERYTHING = ("web", "worker", "beat", "sandbox", "migrate", "load_demo", "valkey", "postgres")


def reset(data: Path) -> int:
    """Stop what is left running of this checkout and delete its data folder; asks first on a terminal."""
    if not data.exists():
        print(f"There is nothing to forget: {data} does not exist.")
        return 0
    if data != addresses.CHECKOUT / ".data" and not addresses.is_ours(data):
        print(f"{data} is not a data folder of the shop; nothing is deleted.", file=sys.stderr)
        return 1
    places = [data, *(link.resolve() for link in (data / "servers", data / "test" / "servers") if link.is_symlink())]
    print("This deletes the local shop: its database with all orders, pictures, keys and test data in\n")
    print("\n".join(f"    {place}" for place in places) + "\n")
    if (
        sys.stdin.isatty()
        and not os.environ.get("FORCE")
        and input("Delete it? [y/N] ").strip().lower() not in {"y", "yes"}
    ):
        print("Nothing was deleted.")
        return 1
    for folder in (data, *(found.parent for found in data.glob("*/run.lock"))):
        try:
            Lock(folder / "run.lock").take()
        except Taken as taken:
            print(f"It is in use (process {taken.note.get('pid', 'of a test run')}); stop that first.", file=sys.stderr)
            return 1
        for name in _EVERYTHING:
            if processes.stop_leftovers(folder / "processes", name, seconds=20):
                print(f"Stopped {name}.")
    ground.remove(data)
    print("Done. The next `make run` begins anew.")
    return 0
