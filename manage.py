#!/usr/bin/env python
"""Django's command line. On the embedded default it uses the servers that `make run` started."""

import os
import sys

from shop.local import addresses

# These work without a database; every other command would wait for one in vain and end in a stack trace.
WITHOUT_DATABASE = {
    "", "help", "version", "--help", "-h", "--version", "check", "collect_messages", "collectstatic", "diffsettings",
    "findstatic", "spectacular", "startapp",
}  # fmt: skip


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    embedded = not os.environ.get("DATABASE_URL")
    if embedded and command not in WITHOUT_DATABASE and "--help" not in sys.argv and addresses.servers_are_down():
        sys.exit(
            "The shop's servers are not running: start `make run` in another terminal and leave it there,\n"
            "or set DATABASE_URL and REDIS_URL to servers of your own."
        )
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
