"""Tools/soak mutants: whether the tests notice changes of the sources.

    --seed N     draws the mutants; by default a new one
    --count N    how many mutants that compile (default 120)
    --jobs N     how many run at a time (default: one for each processor)
    --folder F   only mutants of this folder of Sources, tried only with its own tests: a quick search for what has no test
    --keep       keeps the mutated copy, so that the next run with this seed compiles little
    --list       prints the drawn mutants; builds and runs nothing
    --self-test  checks the tool itself; builds and runs nothing

All mutants are put into one build of a copy of the package, in .build/soak/mutants; each is turned on by a variable and tried with the
Swift tests that reach it. A mutant is killed if a test fails, crashes or does not end. Mutants that do not compile are replaced by others.
Files that only the guest of Tools/guest-test can run are left out. Mutants that change nothing that a test can observe are listed in
Tools/mutation/equivalent.txt with the reason, and do not count.
120 mutants take about half an hour on two processors, half of it for the build.
A run that was interrupted continues with the same seed and count; after a change of the tests, only survivors are tried again.
"""

import argparse
import collections
import dataclasses
import hashlib
import json
import os
import pathlib
import random
import shutil
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from processes import adopt_orphans, kill_descendants

import sites
from selftest import self_test
from tree import PACKAGE, Tree
from trials import Trials, own_tests

WORK = PACKAGE / ".build/soak/mutants"
EQUIVALENT = PACKAGE / "Tools/mutation/equivalent.txt"
# Only a kernel with spidev and GPIO lines runs these: their tests are those of Tools/guest-test.
GUESTS_OWN = ("Sources/LinuxBoards/", "Sources/NINATransport/SPIDeviceBus")
SPARE = 1.25  # candidates for each mutant that is tried


def draw(seed, count, folder):
    """Candidates in the order of their numbers, at most one on a line: folders by size, kinds by weight. `folder` is the only one, or None."""
    source = random.Random(seed)
    pools = {}
    sizes = collections.Counter()
    for path in sorted((PACKAGE / "Sources" / (folder or "")).rglob("*.swift")):
        file = str(path.relative_to(PACKAGE))
        for site in [] if file.startswith(GUESTS_OWN) else sites.sites(file, path.read_text(), source):
            pools.setdefault(site.folder, {}).setdefault(site.kind, []).append(site)
            sizes[site.folder] += 1
    for kinds in pools.values():
        for pool in kinds.values():
            source.shuffle(pool)
    drawn = []
    lines = set()
    while len(drawn) < count and pools:
        folder = source.choices(list(pools), [sizes[name] for name in pools])[0]
        kinds = pools[folder]
        kind = source.choices(list(kinds), [sites.WEIGHTS[name] for name in kinds])[0]
        site = kinds[kind].pop()
        if not kinds[kind]:
            del kinds[kind]
        if not kinds:
            del pools[folder]
        if (site.file, site.line) not in lines:
            lines.add((site.file, site.line))
            drawn.append(site)
    return dict(enumerate(drawn, 1))


def equivalents():
    """The reasons in equivalent.txt, by file, line of code, original and changed text."""
    reasons = {}
    blocks = EQUIVALENT.read_text().split("\n\n")
    for block in blocks:
        lines = [line.strip() for line in block.strip().split("\n") if line.strip() and not line.startswith("#")]
        if lines:
            file, code, change, *reason = lines
            reasons[file, code, change] = " ".join(reason)
    return reasons


def key(site):
    line = (PACKAGE / site.file).read_text().split("\n")[site.line - 1]
    place = f" (column {site.start + 1 - (len(line) - len(line.lstrip()))})" if line.count(site.was) > 1 else ""
    return site.file, line.strip(), f"{site.was} -> {site.becomes}{place}"


def name(site):
    return f"{site.file}:{site.line}: {site.was} -> {site.becomes}"


def digest(folder):
    """A hash of the sources in a folder."""
    hashed = hashlib.sha256()
    for path in sorted(folder.rglob("*.swift")):
        hashed.update(str(path.relative_to(PACKAGE)).encode() + b"\0" + path.read_bytes() + b"\0")
    return hashed.hexdigest()


class State:
    """What a run has found so far, in a file that is rewritten after each mutant."""

    def __init__(self, seed, count, folder):
        self.path = WORK / f"{seed}-{count}-{folder or 'all'}.json"
        sources = digest(PACKAGE / "Sources")
        fresh = {"sources": sources, "drawn": [], "dropped": [], "tests": {}, "reach": {}, "results": {}}
        self.values = json.loads(self.path.read_text()) if self.path.exists() else fresh
        if self.values["sources"] != sources:
            self.values = fresh
        if not self.values["drawn"]:
            self.values["drawn"] = [dataclasses.astuple(site) for site in draw(seed, int(count * SPARE), folder).values()]
        now = {path.name: digest(path) for path in sorted((PACKAGE / "Tests").iterdir()) if path.is_dir()}
        before = self.values["tests"]
        if before != now:
            shared = {name for name in now if not name.endswith("Tests")}
            changed = {name for name in now if before.get(name) != now[name]}
            is_shared = bool(changed & shared)
            self.values["reach"] = {
                suite: value for suite, value in self.values["reach"].items()
                if not is_shared and suite.split(".")[0] not in changed}
            self.values["results"] = {number: value for number, value in self.values["results"].items() if value[0]}
            self.values["tests"] = now

    def save(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_suffix(".new")
        temporary.write_text(json.dumps(self.values))
        os.replace(temporary, self.path)


def report(seed, chosen, results, reasons, seconds):
    folders = collections.defaultdict(lambda: [0, 0])
    survivors, same = [], []
    for number, site in chosen.items():
        is_killed, why = results[number]
        if not is_killed and key(site) in reasons:
            same.append((site, reasons[key(site)]))
            continue
        folders[site.folder][0] += is_killed
        folders[site.folder][1] += 1
        if not is_killed:
            survivors.append((site, why))
    for title, group in [("survived", survivors), ("equivalent", same)]:
        for site, why in sorted(group, key=lambda pair: (pair[0].file, pair[0].line)):
            file, code, change = key(site)
            print(f"{title}: {file}:{site.line}: {change}\n    {code}\n    {why}")
    print(f"\n{'folder':24}killed  tried")
    for folder, (killed, tried) in sorted(folders.items()):
        print(f"{folder:24}{killed:6} {tried:6}")
    killed, tried = (sum(pair[index] for pair in folders.values()) for index in (0, 1))
    percentage = 100 * killed / max(tried, 1)
    print(f"{'together':24}{killed:6} {tried:6}  {percentage:.0f} %, {len(same)} equivalent; seed {seed}, {seconds / 60:.0f} minutes")


def main():
    parser = argparse.ArgumentParser(
        prog="Tools/soak mutants", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=random.randrange(1, 1 << 31), help=argparse.SUPPRESS)
    parser.add_argument("--count", type=int, default=120, help=argparse.SUPPRESS)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help=argparse.SUPPRESS)
    parser.add_argument("--folder", choices=sorted(path.name for path in (PACKAGE / "Sources").iterdir() if path.is_dir()), help=argparse.SUPPRESS)
    parser.add_argument("--keep", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--list", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--self-test", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    if options.list:
        for number, site in draw(options.seed, int(options.count * SPARE), options.folder).items():
            print(f"{number}: {name(site)}")
        return
    print(f"Tools/soak mutants --seed {options.seed} --count {options.count}", flush=True)
    start = time.monotonic()
    adopt_orphans()
    try:
        try_all(options, start)
    finally:
        kill_descendants()
    if not options.keep:
        shutil.rmtree(WORK / f"package-{options.folder or 'all'}", ignore_errors=True)


def try_all(options, start):
    reasons = equivalents()
    state = State(options.seed, options.count, options.folder)
    tree = Tree(WORK / f"package-{options.folder or 'all'}", own_tests(options.folder) if options.folder else None)
    WORK.mkdir(parents=True, exist_ok=True)
    mutants = {
        number: sites.Site(*values) for number, values in enumerate(state.values["drawn"], 1)
        if number not in state.values["dropped"]}
    state.values["dropped"] += tree.build(mutants, tree.folder.with_suffix(".log"))
    state.save()
    chosen = dict(list(mutants.items())[: options.count])
    trials = Trials(tree.folder, options.seed, options.jobs)
    trials.reach = dict(state.values["reach"])
    for suite, reason in trials.measure([suite for suite in trials.suites() if suite not in trials.reach]):
        print(f"not used, because it fails without a mutant: {suite}: {reason}", flush=True)
    state.values["reach"] = trials.reach
    state.save()
    print(f"{len(chosen)} mutants, {len(trials.reach)} suites, {(time.monotonic() - start) / 60:.0f} minutes to here", flush=True)
    results = state.values["results"]
    untried = {number: site for number, site in chosen.items() if str(number) not in results}
    survivors = {}
    for number, is_killed, why in trials.attempts(untried, is_whole=False):
        site = chosen[number]
        print(f"{number}: {'killed' if is_killed else 'survives so far'}: {name(site)}: {why}", flush=True)
        if is_killed:
            results[str(number)] = [True, why]
            state.save()
        elif key(site) in reasons:
            results[str(number)] = [False, why]
        else:
            survivors[number] = site
    for number, is_killed, why in trials.attempts(survivors, is_whole=True):
        print(f"{number}: {'killed' if is_killed else 'SURVIVED'}: {name(chosen[number])}: {why}", flush=True)
        results[str(number)] = [is_killed, why]
        state.save()
    report(options.seed, chosen, {number: results[str(number)] for number in chosen}, reasons, time.monotonic() - start)


main()
