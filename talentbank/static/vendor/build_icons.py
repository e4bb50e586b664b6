"""Build the icon sprite `icons.svg` from an unpacked `@tabler/icons` package.

    npm install @tabler/icons@3.51.0
    python talentbank/static/vendor/build_icons.py node_modules/@tabler/icons/icons/outline

Add a name to NAMES, run it again, commit both files and put the new hash into VENDORED.toml.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

NAMES = """
adjustments alert-circle alert-triangle archive arrow-back-up arrow-down arrow-left arrow-right arrow-up arrows-exchange
arrows-sort ban bell book building-bank building-community building-factory-2 bulb calculator calendar-due calendar-event
cash certificate certificate-2 chart-bar chart-donut chart-line check checklist chevron-down chevron-left chevron-right
circle-check circle-x clipboard-check clipboard-list clock coin coins copy database download edit external-link eye
eye-off file-certificate file-text file-upload files filter flag-3 flame gauge gavel hash help-circle history
history-toggle home hourglass id-badge-2 inbox info-circle key layout-dashboard link list-check list-details lock lock-open
login logout mail map-pin menu-2 message notes paperclip percentage phone plant-2 player-play plus printer receipt recycle
refresh report-analytics report-money route scale search send settings shield-check shield-half sitemap stack-2 star
table-export target trash trending-down trending-up trophy upload user user-check user-circle user-plus users users-group
wallet world writing x
"""

SHAPE = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
    'stroke-linecap="round" stroke-linejoin="round">{body}</symbol>'
)


def symbol(name: str, source: str) -> str:
    """One icon of the sprite: the drawing without its invisible frame."""
    found = re.search(r"<svg[^>]*>(.*)</svg>", source, re.S)
    if found is None:
        raise ValueError(f"{name}.svg is not an SVG picture")
    body = re.sub(r'<path stroke="none"[^>]*/>', "", found[1])
    return SHAPE.format(name=name, body=re.sub(r"\n\s*", "", body).strip())


def main(folder: Path) -> None:
    """Write the sprite beside this script, one icon a line."""
    lines = [symbol(name, (folder / f"{name}.svg").read_text(encoding="utf-8")) for name in NAMES.split()]
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(lines) + "\n</svg>\n"
    Path(__file__).with_name("icons.svg").write_text(sprite, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
