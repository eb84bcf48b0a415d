"""Write `docs/formats/` from the docstrings of the readers and writers; `make docs` runs it."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

from callclf.readers import Reader, formats
from callclf.writers import Writer, writers

__all__ = ["pages"]

FOLDER = Path(__file__).resolve().parent / "formats"

INTRODUCTION = """\
# Formats

`callclf formats` lists these, `callclf read FILE` shows what would be read from a file and why a
call would not be scored. The content decides, never the file's name; `format=` (`--format`) names a
format where the content fits several or none.

Who speaks is never guessed: speakers whom a file does not name as agent or customer stay `unknown`
until they are mapped, with `speakers={"spk_0": "agent"}` or `--speakers agent=spk_0`.
"""

LIMITS = """\
## Limits

- **Size.** What has to be held in memory at once, a document or one line of JSON lines, may have
  1 GiB; `max_bytes=` sets another limit. JSON lines and tables are read one call after another, so
  that a file as a whole may have any size.
- **Nesting.** Lists and objects may stand 100 deep in each other; `max_depth=` sets another
  limit.
- **Length of a call.** Calls of more than 20,000 turns, or with a turn of more than 100,000
  characters, are read and not scored.
- **Archives** (zip, gzip, bzip2, xz, zstd, tar, 7z, RAR) are named in an error, and never unpacked.
  A file object that unpacks, such as `gzip.open(path)`, can be passed in place of a path.
- **Links.** In a folder, links that lead out of it are left out, as are hidden files, and links to
  folders are not followed.
- **Network.** Nothing is ever fetched: a transcript that is only a URL in the file is an error.

Files that are broken cost only themselves: [how the readers are fuzzed](../fuzzing.md).
"""

_HEADING = re.compile(r"^([A-Z][a-z]+(?: [a-z]+)?): ", re.MULTILINE)


def pages() -> dict[str, str]:
    """Return file name -> Markdown: a page for each format, one for writing, and an index."""
    found = {f"{reader.name}.md": _reader_page(reader) for reader in formats()}
    found["writing.md"] = _writing_page(writers())
    found["README.md"] = _index(formats(), writers())
    return found


def _docstring(function: object) -> str:
    module = importlib.import_module(function.__module__)
    # Within a paragraph, line ends mean nothing; in Markdown neither.
    return (module.__doc__ or "").strip()


def _sections(docstring: str) -> str:
    """Turn "Roles: words" at the beginning of a paragraph into a heading."""
    first, *rest = docstring.split("\n\n")
    paragraphs = []
    for paragraph in rest:
        heading = _HEADING.match(paragraph)
        if heading:
            paragraphs.append(f"## {heading[1]}")
            words = paragraph[heading.end() :]
            paragraph = words[:1].upper() + words[1:]
        paragraphs.append(paragraph)
    return "\n\n".join([" ".join(first.split()), *paragraphs])


def _reader_page(reader: Reader) -> str:
    usual = ", ".join(f"`{suffix}`" for suffix in reader.suffixes) or "any"
    facts = f"`format={reader.name!r}`. Usual file name endings: {usual}."
    if reader.fallback:
        facts += " Asked only when no other format fits."
    return f"# {reader.title}\n\n{facts}\n\n{_sections(_docstring(reader.read))}\n"


def _writing_page(listed: tuple[Writer, ...]) -> str:
    parts = [
        "# Writing",
        '`callclf.write(calls, path, format="callclf", tags=None)` and `callclf convert IN OUT '
        "--to FORMAT` write calls into a file, which appears, or is replaced, once all of it is "
        "written. It is read again with the same roles, words and order.",
    ]
    for writer in listed:
        holds = "Several calls a file" if writer.several else "One call a file"
        tags = ", tags beside them" if writer.tags else ""
        parts += [
            f"## {writer.title}",
            f"`format={writer.name!r}`. {holds}{tags}.",
            _sections(_docstring(writer.write)),
        ]
    return "\n\n".join(parts) + "\n"


def _index(readers: tuple[Reader, ...], listed: tuple[Writer, ...]) -> str:
    rows = ["| `format=` | what | usual endings |", "|---|---|---|"]
    for reader in readers:
        usual = " ".join(f"`{suffix}`" for suffix in reader.suffixes)
        rows.append(f"| [`{reader.name}`]({reader.name}.md) | {reader.title} | {usual} |")
    written = ", ".join(f"`{writer.name}`" for writer in listed)
    writing = f"## Writing\n\n{written}: [what each keeps](writing.md).\n"
    table = "\n".join(["## Reading", "", *rows, ""])
    return "\n".join([INTRODUCTION, table, writing, LIMITS])


def main() -> None:
    """Write all pages, and remove those of formats that are gone."""
    FOLDER.mkdir(exist_ok=True)
    found = pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in found:
            old.unlink()
    for name, text in found.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
