"""The arguments of the scripts in Python."""

import sys

# What Swift Testing knows. It ignores other words, so that a misspelled filter would run every test.
FLAGS = {
    "--list-tests", "--parallel", "--no-parallel", "--verbose", "-v", "--very-verbose", "--vv", "--quiet", "-q",
    "--disable-xctest", "--enable-swift-testing"}
OPTIONS = {
    "--filter", "--skip", "--repetitions", "--repeat-until", "--xunit-output", "--verbosity", "--attachments-path",
    "--symbolicate-backtraces", "--configuration-path", "--experimental-maximum-parallelization-width"}


def refuse(script, problem):
    """Ends a script that was used in the wrong way."""
    print(f'{script}: {problem}\nTry "{script} --help".', file=sys.stderr)
    sys.exit(2)


def check_swift_testing(script, arguments):
    """Ends the script unless the arguments are Swift Testing's."""
    words = iter(arguments)
    for word in words:
        name, _, value = word.partition("=")
        if name in OPTIONS:
            if not value and next(words, None) is None:
                refuse(script, f"{name} needs a value")
        elif word not in FLAGS:
            refuse(script, f"unknown option '{word}'" if word.startswith("-") else f"unexpected argument '{word}'")


def parse(script, help_text, values=(), words=0):
    """The arguments of a script: the values of its options, and its words.

    - values: the options that have a value.
    - words: the most words that it takes.
    """
    found, rest = {}, []
    arguments = iter(sys.argv[1:])
    for word in arguments:
        if word in ("-h", "--help"):
            print(help_text.strip())
            sys.exit(0)
        if word in values:
            found[word] = next(arguments, None)
            if found[word] is None:
                refuse(script, f"{word} needs a value")
        elif word.startswith("-"):
            refuse(script, f"unknown option '{word}'")
        elif len(rest) == words:
            refuse(script, f"unexpected argument '{word}'")
        else:
            rest.append(word)
    return found, rest
