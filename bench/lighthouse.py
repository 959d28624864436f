"""Lighthouse (mobile, throttled) on home, list, product, cart and checkout of this shop, as production serves them.

    make bench BENCH=lighthouse                                  needs npm and Chromium
    make bench BENCH=lighthouse BENCH_ARGS="--runs 5"

Lighthouse comes from npm, once, into bench/results. Scores and times are the medians of the runs; JavaScript and CSS
are what the page loads of them, compressed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import data, serving
from bench.client import Client
from bench.meter import Children, free_port
from shop.local import addresses

RESULTS = addresses.CHECKOUT / "bench" / "results"
VERSION = "12.8.2"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
GOALS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
TRIES = 4  # of a run that Lighthouse itself gives up
LCP_MS, CLS, SCRIPT_KB, STYLE_KB = 1200, 0.05, 50, 30


@dataclass(frozen=True)
class Page:
    name: str
    path: str
    cookie: str = ""
    is_indexed: bool = True  # meant for search engines


def lighthouse() -> str:
    """The program, installed where it is not."""
    folder = RESULTS / "node"
    program = folder / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        if not shutil.which("npm"):
            sys.exit("npm is not here: Lighthouse cannot be installed.")
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--silent", f"lighthouse@{VERSION}"]
        subprocess.run(command, cwd=folder, check=True)
    return str(program)


def audit(program: str, base: str, page: Page) -> dict[str, float]:
    """One run: scores of 0 to 100, LCP in ms, CLS, kilobytes of scripts and styles as they were sent."""
    target = RESULTS / f"lighthouse-{page.name}.json"
    command = [
        program, base + page.path, "--quiet", "--output=json", f"--output-path={target}",
        "--only-categories=" + ",".join(CATEGORIES),
        "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage",
    ]  # fmt: skip
    if page.cookie:
        command.append("--extra-headers=" + json.dumps({"Cookie": page.cookie}))
    for left in reversed(range(TRIES)):  # now and then it misses the beginning of a page (NO_NAVSTART), and says so
        done = subprocess.run(command, check=not left, env=dict(os.environ) | {"CHROME_PATH": _chromium()})
        if not done.returncode:
            break
    report: dict[str, Any] = json.loads(target.read_text())
    audits = report["audits"]
    sent = {item["resourceType"]: item["transferSize"] for item in audits["resource-summary"]["details"]["items"]}
    return {
        **{name: report["categories"][name]["score"] * 100 for name in CATEGORIES},
        "lcp": audits["largest-contentful-paint"]["numericValue"],
        "cls": audits["cumulative-layout-shift"]["numericValue"],
        "script": sent.get("script", 0) / 1000,
        "style": sent.get("stylesheet", 0) / 1000,
    }


def _chromium() -> str:
    found = os.environ.get("CHROME_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
    return found or sys.exit("No Chromium here.")


def missed(page: Page, found: dict[str, float]) -> list[str]:
    """The goals that these medians miss; SEO is asked of pages that search engines may list."""
    scores = [name for name, goal in GOALS.items() if found[name] < goal and (page.is_indexed or name != "seo")]
    limits = {"lcp": LCP_MS, "cls": CLS, "script": SCRIPT_KB, "style": STYLE_KB}
    return scores + [name for name, limit in limits.items() if found[name] > limit]


def pages(port: int, sample: data.Sample) -> list[Page]:
    """Those that the issue names; cart and checkout with three lines in the cart."""
    token, _total = Client(port).fill_cart(sample.variants[:3])
    return [
        Page("home", "/"),
        Page("list", "/products/"),
        Page("product", f"/products/{sample.slugs[0]}/"),
        Page("cart", "/cart/", f"cart={token}; js=1", is_indexed=False),
        Page("checkout", "/checkout/", f"cart={token}; js=1", is_indexed=False),
    ]


def prepare(children: Children) -> None:
    """The demo, with its pictures and all that workers make of it, and the static files."""
    url = os.environ["DATABASE_URL"]
    children.start(
        "worker", "-m", "celery", "--quiet", "-A", "shop", "worker", "--concurrency", "2", "--loglevel", "ERROR"
    )
    data.manage(children.env, "migrate", "--noinput", "-v", "0")
    if not data.count(url):
        data.manage(children.env, "load_demo")
    data.drain(url, patience=300)
    children.stop("worker")
    serving.collect(children.env)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="of each page (3)")
    options = parser.parse_args()
    program, port = lighthouse(), free_port(8700)
    children = Children(RESULTS, serving.environment(port, RESULTS / "static"))
    try:
        prepare(children)
        children.granian("web", "shop.wsgi:application", port)
        base, results = f"http://{addresses.HOST}:{port}", {}
        print(f"{'':10}{'perf.':>7}{'access.':>9}{'best':>6}{'SEO':>5}{'LCP ms':>8}{'CLS':>7}{'JS KB':>7}{'CSS KB':>8}")
        for page in pages(port, data.sample(os.environ["DATABASE_URL"])):
            runs = [audit(program, base, page) for _run in range(options.runs)]
            found = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
            results[page.name] = found
            scores = f"{found['performance']:7.0f}{found['accessibility']:9.0f}{found['best-practices']:6.0f}"
            scores += f"{found['seo']:5.0f}" if page.is_indexed else f"{'–':>5}"
            sizes = f"{found['lcp']:8.0f}{found['cls']:7.3f}{found['script']:7.1f}{found['style']:8.1f}"
            short = missed(page, found)
            print(f"{page.name:10}{scores}{sizes}   {'misses ' + ', '.join(short) if short else 'holds'}", flush=True)
    finally:
        children.stop_all()
    (RESULTS / "lighthouse.json").write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
