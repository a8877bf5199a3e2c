"""GitHub's, Compose's and Kubernetes' schemas, the Swift index's manifest, and the version in all of them."""

import json
import re
import runpy
import sys

import jsonschema
import kubernetes_validate
import yaml
from scratch import ROOT, ScratchCase, tool_version

ACTION = ROOT / ".github/actions/nina"
JOBS = sorted((ROOT / "Tools/container/kubernetes").glob("*.yaml"))
# The oldest version that serves the side-cars of the manifests, and the newest one known.
KUBERNETES = ["1.29", "1.37"]


class Schemas(ScratchCase):
    def check(self, schema, *files, status=0):
        return self.run_in(ROOT, sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *files, status=status)

    def changed(self, path, old, new):
        text = path.read_text()
        self.assertIn(old, text)
        return self.write(self.folder / path.name, text.replace(old, new))

    def test_action(self):
        self.check("vendor.github-actions", ACTION / "action.yml")
        self.check("vendor.github-actions", self.changed(ACTION / "action.yml", "shell: bash", "shel: bash"), status=1)

    def test_workflows(self):
        files = [*ACTION.glob("examples/*.yml"), *(ROOT / ".github/workflows").glob("*.yml")]
        self.assertGreaterEqual(len(files), 4)
        self.check("vendor.github-workflows", *files)
        self.check("vendor.github-workflows", self.changed(ACTION / "examples/swift.yml", "runs-on:", "runs-at:"), status=1)

    def test_compose(self):
        compose = ROOT / "Tools/container/compose.yaml"
        self.check("vendor.compose-spec", compose)
        self.check("vendor.compose-spec", self.changed(compose, "depends_on:", "depend_on:"), status=1)

    def test_jobs(self):
        self.assertEqual(len(JOBS), 2)
        for version in KUBERNETES:
            for path in JOBS:
                kubernetes_validate.validate(yaml.safe_load(path.read_text()), version, strict=True)
        wrong = yaml.safe_load(self.changed(JOBS[0], "startupProbe:", "startProbe:").read_text())
        with self.assertRaisesRegex(kubernetes_validate.ValidationError, "startProbe"):
            kubernetes_validate.validate(wrong, KUBERNETES[0], strict=True)

    def test_control(self):
        """The schema of the control channel takes what the Swift tests send, and what Protocol/control.md shows; and nothing misspelled."""
        schema = json.loads((ROOT / "Protocol/control.schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        lines = jsonschema.Draft202012Validator(schema)
        requests = jsonschema.Draft202012Validator({"$ref": "#/$defs/request", "$defs": schema["$defs"]})
        samples = re.findall(r'#"(\{.*\})"#', (ROOT / "Tests/NINAControlTests/Requests.swift").read_text())
        self.assertGreaterEqual(len(samples), 40)
        for sample in map(json.loads, samples):
            requests.validate(sample)
            self.assertFalse(requests.is_valid({**sample, "misspelled": 1}), sample)
        shown = re.findall(r"^    (\{.*\})$", (ROOT / "Protocol/control.md").read_text(), re.MULTILINE)
        self.assertGreaterEqual(len(shown), 8)
        for line in map(json.loads, shown):
            lines.validate(line)

    def test_users_of_containers_are_one(self):
        """A host sends nothing to the socket of another user."""
        user = re.search(r"^USER (\d+):\1$", (ROOT / "Tools/container/Containerfile").read_text(), re.MULTILINE)[1]
        for path in JOBS:
            spec = yaml.safe_load(path.read_text())["spec"]["template"]["spec"]
            self.assertEqual(spec["securityContext"]["runAsUser"], int(user))
            for container in spec["initContainers"] + spec["containers"]:
                self.assertNotIn("runAsUser", container["securityContext"])
        compose = yaml.safe_load((ROOT / "Tools/container/compose.yaml").read_text())
        self.assertEqual(compose["services"]["tests"]["user"], f"{user}:{user}")

    def test_shards_are_counted_alike(self):
        """With more SHARDS than Pods tests would be left out, and nothing would fail."""
        spec = yaml.safe_load((ROOT / "Tools/container/kubernetes/sharded-job.yaml").read_text())["spec"]
        [tests] = spec["template"]["spec"]["containers"]
        environment = {entry["name"]: entry["value"] for entry in tests["env"]}
        self.assertEqual({str(spec["completions"]), str(spec["parallelism"])}, {environment["SHARDS"]})
        shell, option, script = tests["command"]
        for number in range(7):
            self.write(self.folder / f"test_{number}.py", f"import unittest\nclass T(unittest.TestCase):\n def test_{number}(self): pass\n")

        def shard(index, status=0):
            return self.run_in(self.folder, shell, option, script, status=status, SHARDS="4", JOB_COMPLETION_INDEX=str(index))

        ran = [name for index in range(4) for name in re.findall(r"^test_\d", shard(index), re.MULTILINE)]
        self.assertEqual(sorted(ran), [f"test_{number}" for number in range(7)])
        self.assertIn("more shards than SHARDS", shard(4, status=1))
        for path in self.folder.glob("test_*.py"):
            path.unlink()
        self.assertIn("test_*.py", shard(0, status=2))

    def test_swift_index(self):
        """Every library has its documentation there, as on the site of Tools/docs."""
        manifest = yaml.safe_load((ROOT / ".spi.yml").read_text())
        self.assertEqual(manifest["version"], 1)
        [config] = manifest["builder"]["configs"]
        libraries = re.findall(r'\.library\(name: "(\w+)"', (ROOT / "Package.swift").read_text())
        self.assertEqual(sorted(config["documentation_targets"]), sorted(libraries))
        site = re.search(r"^libraries=\((.*)\)$", (ROOT / "Tools/docs").read_text(), re.MULTILINE)[1].split()
        self.assertEqual(sorted(site), sorted(libraries))

    def test_versions(self):
        """Tools/release writes all of them."""
        places = {}
        sys.path.insert(0, str(ROOT / "Tools"))
        self.addCleanup(sys.path.remove, str(ROOT / "Tools"))
        for pattern, expression in runpy.run_path(str(ROOT / "Tools/release"))["STATED"]:
            for path in ROOT.glob(pattern):
                if path.is_file():
                    for found in re.findall(expression, path.read_text()):
                        places.setdefault(found, set()).add(str(path.relative_to(ROOT)))
        self.assertEqual(list(places), [tool_version()], places)
        self.assertGreaterEqual(len(places[tool_version()]), 10, "a place is not found any more")
