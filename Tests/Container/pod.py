"""Runs the Pod of a Job by podman, which knows Pods and no Jobs, in the order that Kubernetes keeps."""

import json
import subprocess
import time

import yaml


class PodError(Exception):
    """A sentence: what did not happen."""


def template(path, images, index=None, **variables):
    """The Pod of a Job, as podman takes it.

    - images: by name in the manifest, those to run.
    - index: of an Indexed Job, the Pod's; its controller tells the containers.
    - variables: further environment of the containers `tests`.
    """
    with open(path) as file:
        job = yaml.safe_load(file)
    pod = job["spec"]["template"]
    spec = pod["spec"]
    name = job["metadata"]["name"]
    if index is not None:
        name += f"-{index}"
        variables["JOB_COMPLETION_INDEX"] = str(index)
    side_cars = spec.pop("initContainers", [])
    for container in side_cars:
        if container.pop("restartPolicy", None) != "Always":
            raise PodError(f"{path}: expected a side-car, restartPolicy Always, in {container['name']}")
    tests = spec["containers"]
    for container in tests:
        container.setdefault("env", []).extend({"name": key, "value": value} for key, value in variables.items())
    spec["containers"] = side_cars + tests
    # Podman's volumes belong to no Pod: each gets a name of its own.
    names = {volume["name"]: f"{name}-{volume['name']}" for volume in spec.get("volumes", [])}
    for volume in spec.get("volumes", []):
        volume["name"] = names[volume["name"]]
    for container in spec["containers"]:
        for mount in container.get("volumeMounts", []):
            mount["name"] = names[mount["name"]]
        container["image"] = images[container["image"]]
        container["imagePullPolicy"] = "Never"
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, **pod["metadata"]}, "spec": spec}, side_cars, tests


class Pod:
    """A Pod that is removed at the end.

    - podman: runs podman with arguments; returns what subprocess.run does.
    """

    def __init__(self, podman, path, images, folder, **options):
        self._podman = podman
        self._pod, self._side_cars, self._tests = template(path, images, **options)
        self.name = self._pod["metadata"]["name"]
        self._file = folder / f"{self.name}.yaml"

    def __enter__(self):
        self._file.write_text(json.dumps(self._pod))
        self._podman("play", "kube", "--network=none", "--start=false", str(self._file))
        return self

    def __exit__(self, *_):
        self._podman("play", "kube", "--down", str(self._file), check=False)
        for volume in self._pod["spec"].get("volumes", []):
            self._podman("volume", "rm", "--force", volume["name"], check=False)

    def run(self, seconds=60):
        """Starts the side-cars, the tests when the probes have passed, and returns their status and output."""
        deadline = time.monotonic() + seconds
        for container in self._side_cars:
            self._podman("start", self.container(container))
            self._wait_for(container, deadline)
        for container in self._tests:
            self._podman("start", self.container(container))
        statuses = []
        for container in self._tests:
            try:
                done = self._podman("wait", self.container(container), timeout=max(1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                raise PodError(f"{self.name}: {container['name']} runs after {seconds} s\n{self.logs()}") from None
            statuses.append(int(done.stdout))
        # Of a Pod with restartPolicy Never one failed container is the Pod's failure.
        return max(statuses), self.logs()

    def container(self, container):
        return f"{self.name}-{container['name']}"

    def logs(self):
        found = [self._podman("logs", self.container(one), check=False) for one in self._side_cars + self._tests]
        return "".join(one.stdout + one.stderr for one in found)

    def _wait_for(self, container, deadline):
        probe = container["startupProbe"]
        for _ in range(probe["failureThreshold"]):
            result = self._podman("exec", self.container(container), *probe["exec"]["command"], check=False)
            if result.returncode == 0:
                return
            if time.monotonic() > deadline:
                break
            time.sleep(probe["periodSeconds"])
        raise PodError(f"{self.name}: {container['name']} is not ready\n{self.logs()}")
