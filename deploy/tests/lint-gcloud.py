#!/usr/bin/env python3
"""Checks recorded calls of gcloud: against the table beside this file, and by gcloud's own linter where there is one.

usage: lint-gcloud.py CALLS [--real]   CALLS has one call a line, quoted as a shell reads it.
"""

import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

EVERYWHERE = {"--project", "--quiet"}


def table():
    known = {}
    for line in (pathlib.Path(__file__).parent / "gcloud-commands.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            command, flags = line.split("|")
            known[tuple(command.split())] = set(flags.split()) | EVERYWHERE
    return known


def problem(words, known):
    """Why a call cannot be made, or None."""
    commands = [c for c in known if tuple(words[: len(c)]) == c]
    if not commands:
        return "no such command in the table"
    command = max(commands, key=len)
    for word in words[len(command) :]:
        if word.startswith("--") and word.split("=")[0] not in known[command]:
            return f"unknown flag {word.split('=')[0]}"
    return None


def real(lines):
    """What gcloud itself says of command lines; it works without an account or a network."""
    with tempfile.TemporaryDirectory() as folder:
        commands = pathlib.Path(folder) / "commands.json"
        commands.write_text(json.dumps([{"command_string": line} for line in lines]))
        done = subprocess.run(
            ["/usr/bin/env", "gcloud", "meta", "lint-gcloud-commands", f"--commands-file={commands}"],
            # It makes the files that a call would write.
            capture_output=True, text=True, timeout=300, check=False, cwd=folder,
            env={**os.environ, "CLOUDSDK_CONFIG": folder, "CLOUDSDK_CORE_DISABLE_PROMPTS": "1"},
        )
    try:
        answers = json.loads(done.stdout)
    except ValueError:
        return [f"gcloud's linter gave no answer: {done.stderr[-500:]}"]
    if len(answers) != len(lines):
        return [f"gcloud's linter answered {len(answers)} of {len(lines)} calls"]
    return [f"{a['command_string']}: {a['error_message']}" for a in answers if not a["success"]]


def main():
    known = table()
    calls = sorted({tuple(shlex.split(line)) for line in open(sys.argv[1], encoding="utf-8") if line.strip()})
    problems = [f"{shlex.join(words)}: {why}" for words in calls if (why := problem(words, known))]
    if "--real" in sys.argv:
        problems += real(["gcloud " + shlex.join(words) for words in calls])
    for line in problems:
        print(line)
    print(f"{len(calls)} different calls checked, {len(problems)} problems")
    return bool(problems) or not calls


if __name__ == "__main__":
    sys.exit(main())
