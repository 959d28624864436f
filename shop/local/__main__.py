"""`python -m shop.local run | exec -- COMMAND … | reset`: what the Makefile calls."""

import argparse
import os
import signal
import sys

from shop.local import addresses, processes


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m shop.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run the whole shop")
    run.add_argument("--with-parent", action="store_true", help="stop when the calling program ends")
    execute = commands.add_parser("exec", help="run a command with test servers")
    execute.add_argument("--split", action="store_true", help="three databases instead of one")
    execute.add_argument(
        "--durable", action="store_true", help="with the settings of a real shop, in a folder of its own"
    )
    execute.add_argument("arguments", nargs="+", metavar="COMMAND")
    commands.add_parser("reset", help="forget the local data")
    options = parser.parse_args()
    data = addresses.data_folder()
    if options.command == "run":
        return _run(with_parent=options.with_parent)
    if options.command == "exec":
        from shop.local import borrowed

        place = data / ("bench" if options.durable else "test")
        return borrowed.execute(options.arguments, data=place, durable=options.durable, split=options.split)
    from shop.local import reset

    return reset.reset(data)


def _run(*, with_parent: bool) -> int:
    from shop.local import log, runner

    if with_parent:
        processes.die_with_parent(signal.SIGTERM)
    port = os.environ.get("PORT") or str(addresses.PREFERRED["web"])
    if not port.isdigit() or not 0 < int(port) < 65536:
        print(f"PORT must be a number between 1 and 65535, not {port!r}.", file=sys.stderr)
        return 1
    return runner.Runner(addresses.data_folder(), int(port), log.Log()).run()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except FileExistsError as problem:  # HOLDFAST_DATA names a folder that is somebody else's
        sys.exit(str(problem))
