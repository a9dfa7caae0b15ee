#!/bin/sh
# Renders the drawings into the bitmaps the shell and the packages want. Needs rsvg-convert; run after changing an SVG.
set -eu
cd "$(dirname "$0")"
rsvg-convert -w 32 -h 32 coffer.svg -o 32x32.png
rsvg-convert -w 128 -h 128 coffer.svg -o 128x128.png
rsvg-convert -w 256 -h 256 coffer.svg -o 128x128@2x.png
rsvg-convert -w 512 -h 512 coffer.svg -o icon.png
rsvg-convert -w 32 -h 32 tray.svg -o tray.png
