"""Types a line and TAB in a real shell and checks what the shell offers.

Usage: complete.py SHELL FOLDER; FOLDER holds the tool's directory `bin` and a file to complete, `some-payload.json`.
"""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

SHELL, FOLDER = sys.argv[1:]
# What is typed, what must be offered (or inserted), and what must not.
CASES = [
    ("clients-contract ", ["validate", "drift", "completions"], ["--color"]),
    ("clients-contract validate --format ", ["sarif", "junit", "gitlab"], ["null-value"]),
    ("clients-contract validate --format=sar", ["sarif"], []),
    ("clients-contract drift -f ", ["sarif", "junit"], []),
    ("clients-contract diff --format sa", ["sarif"], []),
    ("clients-contract validate --min-sev", ["--min-severity"], []),
    ("clients-contract validate --min-severity ", ["error", "warning", "info"], ["never"]),
    ("clients-contract validate --severity null-v", ["null-value="], []),
    ("clients-contract validate --severity null-value=", ["error", "warning", "info", "off"], []),
    ("clients-contract generate --rule null-v", ["null-value"], []),
    ("clients-contract generate --rule ", ["null-value", "too-deep", "schema-violation"], ["never-seen", "http-status"]),
    ("clients-contract rules null-v", ["null-value"], []),
    ("clients-contract generate --preset ", ["boundary", "quirks"], ["@"]),
    ("clients-contract generate --preset unicode,bound", ["boundary"], []),
    ("clients-contract generate --preset=unicode,nulls,bound", ["boundary"], []),
    ("clients-contract generate --preset unicode,", ["boundary", "quirks"], []),
    ("clients-contract completions ", ["bash", "zsh", "fish"], []),
    ("clients-contract completions ba", ["bash"], []),
    ("clients-contract help ", ["validate", "drift", "completions"], []),
    ("clients-contract help val", ["validate"], []),
    ("clients-contract mutate --input ", ["har", "postman"], []),
    ("clients-contract validate some-pay", ["some-payload.json"], []),
    ("clients-contract validate --baseline some-pay", ["some-payload.json"], []),
    ("clients-contract diff some-pay", ["some-payload.json"], []),
    ("clients-contract validate --report sari", ["sarif="], []),
    ("clients-contract validate --report=sari", ["sarif="], []),
    ("clients-contract validate --report ", ["sarif=", "junit="], ["@"]),
    ("clients-contract validate --report sarif=some-pay", ["some-payload.json"], []),
    ("clients-contract diff --report=json=some-pay", ["some-payload.json"], []),
]
ENDS_AT_EQUALS = {"bash"}

SETUP = {
    "bash": "source <(clients-contract completions bash); bind 'set bell-style none'; "
    "bind 'set completion-query-items 0'; bind 'set page-completions off'; bind 'set show-all-if-ambiguous on'",
    "zsh": "autoload -Uz compinit; compinit -u -d $PWD/dump; source <(clients-contract completions zsh); "
    "compdef _clients-contract clients-contract; LISTMAX=100000; setopt nobeep",
}


class Shell:
    """An interactive shell on a terminal of its own."""

    def __init__(self):
        environment = {
            "PATH": f"{FOLDER}/bin:{os.environ['PATH']}",
            "HOME": FOLDER,
            "TERM": "dumb",
            "PS1": "READY ",
            "LC_ALL": "C.UTF-8",
        }
        command = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}[SHELL]
        child, self.terminal = pty.fork()
        if child == 0:
            os.chdir(FOLDER)
            os.execvpe(command[0], command, environment)
        # Wide and high enough that no shell pages or shortens what it offers.
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 2000, 200, 0, 0))
        self.read()
        self.type("PS1='READY '; " + SETUP[SHELL] + "\n")
        self.read("READY", 20)
        self.read()

    def type(self, text):
        os.write(self.terminal, text.encode())

    def read(self, until=None, seconds=1.0):
        """What the shell writes until it is silent."""
        text, end = "", time.monotonic() + (seconds if until else 10)
        while time.monotonic() < end:
            if select.select([self.terminal], [], [], 0.6)[0]:
                text += os.read(self.terminal, 65536).decode(errors="replace")
            elif until is None or until in text:
                break
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\r|\x07", "", text)

    def offered(self, line):
        self.type(line)
        self.read()
        self.type("\t")
        text = self.read()
        self.type("\t")
        text += self.read()
        self.type("\x15\x03\n")
        self.read()
        return text


def fish(line):
    command = f"source (clients-contract completions fish | psub); complete -C {line!r}"
    environment = {"PATH": f"{FOLDER}/bin:{os.environ['PATH']}", "HOME": FOLDER, "LC_ALL": "C.UTF-8", "TERM": "dumb"}
    done = subprocess.run(["fish", "--no-config", "-c", command], cwd=FOLDER, env=environment, capture_output=True,
                          text=True, check=True, timeout=60)
    return done.stdout


def main():
    offered = fish if SHELL == "fish" else Shell().offered
    failed = 0
    for line, wanted, unwanted in CASES:
        # In the other shells a rule and its severity are one word.
        if line.endswith("null-value=") and SHELL not in ENDS_AT_EQUALS:
            wanted = [f"null-value={level}" for level in wanted]
        text = offered(line)
        # What the shell completed of the last word stands behind what was typed.
        seen = text + "\n" + line.rsplit(" ", 1)[-1] + text
        missing = [word for word in wanted if word not in seen]
        extra = [word for word in unwanted if word in text]
        if missing or extra:
            failed += 1
            print(f"{SHELL}: {line!r}: missing {missing}, not wanted {extra}: {text[:400]!r}")
    print(f"{SHELL}: {len(CASES) - failed} of {len(CASES)} lines completed")
    sys.exit(failed > 0)


main()
