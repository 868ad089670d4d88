"""The manifests under docker/kubernetes/ are valid, closed as far as they go, and fit the command line."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from roadwitness.cli import app
from roadwitness.secret_files import NAMES
from roadwitness.site import load_site
from roadwitness.site_law import policy_of
from streams import metrics
from streams.key_archive import create_known_signer, load_archive
from streams.sealing import SealingKeys, load_private
from streams.signing import load_signer
from streams.topics import Topic
from tests.conftest import REPOSITORY
from tests.docker.programs import lint

FOLDER = REPOSITORY / "docker" / "kubernetes"
LISTED: dict[str, Any] = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
OBJECTS: list[dict[str, Any]] = [
    each for file in LISTED["resources"] for each in yaml.safe_load_all((FOLDER / file).read_text())
]
#: The oldest Kubernetes that its makers still mend, about, and the newest that the checker knows.
VERSIONS = ("1.31", "1.34")
#: Which keys of the centre a pod is given; the rest only what everybody needs.
KEYS = {"enforce": {"signing"}, "serve": {"signing", "sealing"}}


def named(kind: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in OBJECTS if each["kind"] == kind}


PODS = {
    name: each["spec"]["template"]
    for kind in ("Deployment", "Job")
    for name, each in named(kind).items()
}  # fmt: skip
CONTAINERS = [
    (name, container)
    for name, pod in PODS.items()
    for container in (*pod["spec"].get("initContainers", []), *pod["spec"]["containers"])
]
IDS = [f"{name}-{container['name']}" for name, container in CONTAINERS]


def test_every_file_is_listed() -> None:
    files = {path.name for path in FOLDER.glob("*.yaml")} - {"kustomization.yaml"}
    assert files == set(LISTED["resources"])
    sites = {f"sites/{path.name}" for path in (FOLDER / "sites").iterdir()}
    assert sites == set(LISTED["configMapGenerator"][0]["files"])


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("each", OBJECTS, ids=lambda each: f"{each['kind']}-{each['metadata']['name']}")
def test_the_schemas_take_every_object(each: dict[str, Any], version: str) -> None:
    validate = pytest.importorskip(
        "kubernetes_validate", reason="no kubernetes-validate: pip install it to check the manifests"
    )
    validate.validate(each, version, strict=True)


def test_the_schemas_refuse_a_wrong_word() -> None:
    validate = pytest.importorskip("kubernetes_validate", reason="no kubernetes-validate: pip install it")
    wrong = {**named("Deployment")["serve"], "spec": {**named("Deployment")["serve"]["spec"], "replica": 2}}
    with pytest.raises(validate.ValidationError):
        validate.validate(wrong, VERSIONS[0], strict=True)


def test_kustomize_builds_them() -> None:
    kustomize = shutil.which("kustomize") or shutil.which("kustomize", path=str(Path.home() / "go" / "bin"))
    if kustomize is None:
        pytest.skip("optional: no kustomize (go install sigs.k8s.io/kustomize/kustomize/v5@v5.7.1)")
    done = subprocess.run([kustomize, "build", FOLDER], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    built = list(yaml.safe_load_all(done.stdout))
    assert len(built) == len(OBJECTS) + 1
    assert all(each["metadata"].get("namespace", "roadwitness") == "roadwitness" for each in built)
    assert "image: roadwitness-centre\n" not in done.stdout


@pytest.mark.parametrize(("pod", "container"), CONTAINERS, ids=IDS)
def test_a_container_may_do_nothing_but_its_work(pod: str, container: dict[str, Any]) -> None:
    spec = PODS[pod]["spec"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] == 10001
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert named("ServiceAccount")[spec["serviceAccountName"]]["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
    assert not any("hostPath" in volume for volume in spec["volumes"])


@pytest.mark.parametrize(("pod", "container"), CONTAINERS, ids=IDS)
def test_a_container_says_what_it_needs(pod: str, container: dict[str, Any]) -> None:
    assert container["resources"]["requests"].keys() == {"cpu", "memory"}
    assert "memory" in container["resources"]["limits"]
    volumes = {volume["name"] for volume in PODS[pod]["spec"]["volumes"]}
    mounted = [mount["name"] for mount in container["volumeMounts"]]
    assert set(mounted) <= volumes
    written = {mount["name"] for mount in container["volumeMounts"] if not mount.get("readOnly")}
    assert written <= ({"keys", "desk"} if container["name"] == "signing" else {"tmp", "desk"})
    assert any(image["name"] == container["image"] for image in LISTED["images"])


@pytest.mark.parametrize(
    ("pod", "container"),
    [each for each in CONTAINERS if "command" not in each[1]],
    ids=[name for name, each in zip(IDS, CONTAINERS, strict=True) if "command" not in each[1]],
)
def test_every_process_is_called_as_the_command_line_wants(pod: str, container: dict[str, Any]) -> None:
    group: Any = typer.main.get_command(app)
    words = list(container["args"])
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in named("ConfigMap")["settings"]["data"].items():
            patch.setenv(variable.removesuffix("_FILE"), value)
        while hasattr(group, "commands"):
            command, *words = words
            group = group.commands[command]
        context = group.make_context(command, words)
    assert not context.args
    sites = {f"/sites/{Path(file).name}" for file in LISTED["configMapGenerator"][0]["files"]}
    assert {word for word in str(words).replace("'", " ").replace("=", " ").replace(",", " ").split()
            if word.startswith("/sites/")} <= sites  # fmt: skip


@pytest.mark.parametrize("name", named("Deployment"))
def test_what_lasts_is_watched_on_ports_that_it_has(name: str) -> None:
    (container,) = PODS[name]["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert ports["metrics"] == 9102
    probes = {probe: container[f"{probe}Probe"]["httpGet"] for probe in ("startup", "liveness", "readiness")}
    assert {get["port"] for get in probes.values()} == {"metrics"}
    assert probes["readiness"]["path"] == "/ready"
    assert {probes["startup"]["path"], probes["liveness"]["path"]} == {"/health"}
    assert PODS[name]["spec"]["terminationGracePeriodSeconds"] >= 30
    selector = named("Deployment")[name]["spec"]["selector"]["matchLabels"]
    assert selector.items() <= PODS[name]["metadata"]["labels"].items()
    # What runs once only may go with its node; the rest goes one by one.
    is_single = named("Deployment")[name]["spec"].get("replicas") == 1
    assert is_single or name in named("PodDisruptionBudget")


def test_workers_follow_a_metric_that_there_is() -> None:
    scaling = named("HorizontalPodAutoscaler")["enforce"]["spec"]
    assert scaling["scaleTargetRef"]["name"] in named("Deployment")
    assert "replicas" not in named("Deployment")["enforce"]["spec"]  # an `apply` would undo the scaling
    told = {family.name for family in metrics.REGISTRY.collect()}
    (lag,) = (each["external"] for each in scaling["metrics"] if each["type"] == "External")
    assert lag["metric"]["name"] in told
    assert lag["metric"]["selector"]["matchLabels"]["topic"] in list(Topic)
    # Every worker tells the same lag: only an average over the workers says what one has before it.
    assert lag["target"]["type"] == "AverageValue"


def test_nobody_comes_in_and_nothing_goes_out_but_what_is_listed() -> None:
    policies = named("NetworkPolicy")
    assert policies["closed"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    open_to_all = [
        name
        for name, policy in policies.items()
        for way in ("ingress", "egress")
        for rule in policy["spec"].get(way, [])
        if not rule.get("to", rule.get("from")) or not rule.get("ports")
    ]
    assert open_to_all == []
    for name, pod in PODS.items():
        assert pod["metadata"]["labels"]["roadwitness.org/needs"] == "backends", name


def test_secrets_are_files_and_none_is_in_the_repository() -> None:
    assert not named("Secret")
    settings = named("ConfigMap")["settings"]["data"]
    files = {name for name in settings if name.endswith("_FILE")}
    # No register is asked by HTTP here.
    assert files == {f"{name}_FILE" for name in NAMES if name != "ROADWITNESS_REGISTER_TOKEN"}
    assert all(settings[name].startswith("/run/secrets/roadwitness/") for name in files)
    for name, pod in PODS.items():
        given = {v["secret"]["secretName"] for v in pod["spec"]["volumes"] if "secret" in v}
        assert given == {"roadwitness"} | KEYS.get(name, set())


@pytest.mark.parametrize("name", ["enforce", "serve"])
def test_the_centres_key_is_its_users_alone_where_it_is_used(name: str, tmp_path: Path) -> None:
    (made,), (container,) = PODS[name]["spec"]["initContainers"], PODS[name]["spec"]["containers"]
    mounted = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert "signing" not in mounted
    (script,) = made["args"]
    secret = tmp_path / "run/secrets/signing/centre.key"
    signer = create_known_signer(secret, "centre", tmp_path / "run/public-keys/public-keys.json")
    secret.chmod(0o440)
    sealing = SealingKeys.create(tmp_path / "run/secrets/sealing")
    script = re.sub(r" /(run|keys|desk)/", rf" {tmp_path}/\1/", script)
    desk = tmp_path / ("keys" if name == "enforce" else "desk")
    desk.mkdir()
    for _start in range(2):  # a container that is started again finds what the one before it left
        subprocess.run([*made["command"], script], check=True)
    (key,) = desk.rglob("centre.key")
    assert load_signer(key).key_id == signer.key_id
    if name == "enforce":
        assert f"--countersign-with=/{key.relative_to(tmp_path)}" in container["args"]
        assert f"--keys={mounted['public-keys']}/public-keys.json" in container["args"]
    else:
        assert "--data=/desk" in container["args"]
        assert key.parent == desk / "keys"
        assert load_archive(key.with_name("public-keys.json")).find(signer.key_id)
        opened = load_private(key.with_name("sealing-private.key"))
        assert opened.public_key == sealing.public


def test_the_example_site_can_be_judged() -> None:
    site = load_site(FOLDER / "sites" / "example.toml")
    assert policy_of(site).id == "example-2026"


def test_yamllint_finds_nothing() -> None:
    settings = (
        "{extends: default, rules: {line-length: {max: 130}, document-start: disable, braces: disable, "
        "comments: {min-spaces-from-content: 1}, brackets: disable}}"
    )
    files = [FOLDER, FOLDER.parent / "compose.yaml", FOLDER.parent / "prometheus"]
    assert lint("yamllint", "yamllint", "-s", "-d", settings, *map(str, files)) == ""
