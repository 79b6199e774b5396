"""``fmt`` and ``diff``: a process in the keywords of the other language, and what one process says otherwise."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli import options, say
from engine.cli.content import as_plain, called, find, loaded, only, roles_of
from engine.definition.language.fmt import formatted
from engine.definition.model import Process
from engine.definition.overlay.diff import differences, in_words
from engine.definition.yaml.source import text_of
from engine.errors import Invalid, Problem
from engine.i18n import counted
from engine.operations.content.library import Library


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option(
    "--to", "language", type=click.Choice(["zh", "en"]), default="zh", show_default=True,
    help="关键词用中文或英文。 The language of the keywords.",
)  # fmt: skip
@click.option("--write", is_flag=True, help="改写文件，不只是显示。 Rewrite the files, not only show them.")
@options.options()
def fmt(files: tuple[Path, ...], language: str, write: bool, as_json: bool) -> None:
    """把流程文件的关键词换成中文或英文，内容不变。 Turn the keywords of a process."""
    made: dict[Path, str] = {}
    found: list[Problem] = []
    for file in files:
        if not file.is_file():
            raise say.usage(f"没有文件{file}。", f"There is no file {file}.")
        text, problems = formatted(text_of(file.read_bytes()), str(file), language)
        found += problems
        if text is not None:
            made[file] = text
    if found:
        raise Invalid(tuple(found))
    if write:
        for file, text in made.items():
            file.write_bytes(text.encode())  # the line ends stay those of the file
    if as_json:
        say.as_json({str(file): text for file, text in made.items()})
    elif write:
        say.line(f"改写了 {len(made)} 个文件。", f"{counted(len(made), 'file')} rewritten.")
    else:
        say.out("\n".join(text.rstrip() for text in made.values()))


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@options.options(options.district_option, options.workflows_option)
def diff(old: str, new: str, district: str | None, folder: Path | None, as_json: bool) -> None:
    """比较两个流程：文件，或流程名称。 What NEW says otherwise than OLD."""
    library = options.library(folder)
    district = only(library, district)
    before, after = (_loaded(library, words, district) for words in (old, new))
    changes, roles = differences(before.document, after.document), roles_of(library, district)
    if as_json:
        say.as_json([as_plain(change, before, after, roles) for change in changes])
        return
    for change in changes:
        say.out(f"- {say.said(in_words(change, before, after, role=called(roles)))}")
    if not changes:
        say.line("没有不同。", "No difference.")


def _loaded(library: Library, words: str, district: str | None) -> Process:
    path = find(library, words, district)
    return loaded(library.around(path), path, district)
