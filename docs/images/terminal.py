#!/usr/bin/env python3
"""Draws the output of a command as an SVG of a terminal.

    python3 docs/images/terminal.py                      # renew docs/images/validate.svg
    python3 docs/images/terminal.py --check              # exit with 1 if it is stale
    python3 docs/images/terminal.py --tool target/debug/clients-contract

Needs Python 3.8 and nothing else. `cargo test` compares the text of the image with what the command prints.
"""

import argparse
import html
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMAGE = ROOT / "docs/images/validate.svg"
ARGUMENTS = "validate fixtures/captures/chrome.har fixtures/invalid/null-value/license-id.json"

# Pixels. Every run of text has its width in the image, so that any monospaced font keeps the columns.
CELL, LINE, SIZE, MARGIN, BAR = 8.4, 19, 14, 18, 34
BACKGROUND, FOREGROUND, PROMPT = "#1c2128", "#d5dbe3", "#7ee787"
COLORS = {33: "#e3b341", 34: "#79c0ff", 91: "#ff7b72", 92: "#7ee787", 93: "#e3b341", 94: "#79c0ff", 96: "#76e3ea"}
ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")


def runs(line):
    """Yields (column, text, color, bold) for each run of characters of one style, without spaces around it."""
    column, color, bold = 0, FOREGROUND, False
    parts = ESCAPE.split(line)
    for index, part in enumerate(parts):
        if index % 2 == 0:
            text = part.strip(" ")
            if text:
                yield column + part.index(text), text, color, bold
            column += len(part)
            continue
        for code in (int(code or 0) for code in part.split(";")):
            if code == 0:
                color, bold = FOREGROUND, False
            elif code == 1:
                bold = True
            elif code in COLORS:
                color = COLORS[code]
            else:
                sys.exit(f"escape sequence {code}: not supported, add it to COLORS")


def draw(lines):
    """Returns the SVG of a window with these lines of text, which may have ANSI colors."""
    width = MARGIN * 2 + CELL * max(len(ESCAPE.sub("", line)) for line in lines)
    height = BAR + LINE * len(lines) + MARGIN
    title = html.escape(f"clients-contract {ARGUMENTS}")
    svg = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}"'
        f' height="{height:.0f}" role="img" aria-label="{title}">',
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>',
    ]
    for index, color in enumerate(["#ff5f57", "#febc2e", "#28c840"]):
        svg.append(f'<circle cx="{MARGIN + 5 + 18 * index}" cy="{BAR // 2}" r="5.5" fill="{color}"/>')
    svg.append(
        '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace"'
        f' font-size="{SIZE}" xml:space="preserve">'
    )
    for row, line in enumerate(lines):
        spans = []
        for column, text, color, bold in runs(line):
            weight = ' font-weight="bold"' if bold else ""
            spans.append(
                f'<tspan x="{MARGIN + column * CELL:.1f}" textLength="{len(text) * CELL:.1f}"'
                f' fill="{color}"{weight}>{html.escape(text, quote=False)}</tspan>'
            )
        svg.append(f'<text y="{BAR + LINE * row + SIZE}">{"".join(spans)}</text>')
    svg.append("</g>\n</svg>\n")
    return "\n".join(svg)


def main():
    parser = argparse.ArgumentParser(description="Draw the output of a command as an SVG of a terminal.")
    parser.add_argument("--tool", default="clients-contract", help="the tool [default: the one in PATH]")
    parser.add_argument("--check", action="store_true", help="exit with 1 if the image is stale")
    options = parser.parse_args()
    tool = options.tool
    if "/" in tool:
        tool = str(pathlib.Path(tool).resolve())
    command = [tool, "--color", "always", *ARGUMENTS.split()]
    output = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if output.returncode != 1:
        sys.exit(f"{' '.join(command)}: exit code {output.returncode}, expected 1")
    prompt = f"\x1b[92m$\x1b[0m \x1b[1mclients-contract {ARGUMENTS}\x1b[0m"
    image = draw([prompt, *output.stdout.decode().splitlines()])
    if not options.check:
        IMAGE.write_text(image)
    elif image != IMAGE.read_text():
        sys.exit(f"{IMAGE.relative_to(ROOT)}: stale, renew it with docs/images/terminal.py")


if __name__ == "__main__":
    main()
