"""Terraform: apply, a second plan that is empty, destroy. Skipped where there is no terraform, or
no offline mirror of its provider (nothing here may reach for a network)."""
import json
import pathlib
import shutil

import pytest

STACKS = pathlib.Path(__file__).resolve().parent / "terraform"
# What each stack needs served; a stack of services that are not there yet is not a failure.
NEEDS = {"fargate": "ecs", "hosts": "ecs", "table": "dynamodb"}


def mirror():
    """A folder with HOST/hashicorp/aws/VERSION under it, in the system's opt folder."""
    found = sorted(pathlib.Path("/opt").glob("*/*/hashicorp/aws"))
    return found[0].parents[2] if found else None


@pytest.fixture
def terraform(squall, tmp_path):
    program, plugins = shutil.which("terraform"), mirror()
    if not program or not plugins:
        pytest.skip("no terraform, or no offline mirror of its AWS provider, on this machine")
    settings = tmp_path / "terraform.rc"
    settings.write_text(
        f'provider_installation {{\n  filesystem_mirror {{ path = "{plugins}" }}\n}}\n'
        "disable_checkpoint = true\n", encoding="utf-8")
    squall.environment |= {"TF_CLI_CONFIG_FILE": str(settings), "TF_IN_AUTOMATION": "1",
                           "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}

    def run(folder, *words, check=True):
        return squall.run(program, f"-chdir={folder}", *words, "-no-color", check=check)

    return run


@pytest.mark.parametrize("stack", sorted(NEEDS))
def test_apply_plans_empty_and_is_destroyed(squall, terraform, tmp_path, stack):
    folder = tmp_path / stack
    shutil.copytree(STACKS / stack, folder)
    terraform(folder, "init")
    terraform(folder, "apply", "-auto-approve", "-parallelism=20")
    plan = terraform(folder, "plan", "-detailed-exitcode", check=False)
    assert plan.returncode == 0, f"the second plan is not empty:\n{plan.stdout}"
    state = json.loads((folder / "terraform.tfstate").read_text(encoding="utf-8"))
    assert len(state["resources"]) > 5
    terraform(folder, "destroy", "-auto-approve", "-parallelism=20")
    state = json.loads((folder / "terraform.tfstate").read_text(encoding="utf-8"))
    assert state["resources"] == []
