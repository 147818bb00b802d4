"""The committed models are what the importer makes of the botocore they were made from."""
import json
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "emulator" / "model"))
sys.dont_write_bytecode = True

import compile_model  # noqa: E402
import import_model  # noqa: E402
import patch_model  # noqa: E402

MODELS = sorted(ROOT.glob("services/*/model.json"))


@pytest.fixture(scope="session")
def botocore():
    return pytest.importorskip("botocore")


def test_there_are_models():
    assert len(MODELS) >= 25


@pytest.mark.parametrize("path", MODELS, ids=lambda p: p.parent.name)
def test_import_is_reproducible(path, botocore):
    committed = path.read_text()
    recorded = json.loads(committed)
    if recorded["botocore"] != botocore.__version__:
        pytest.skip(f"made from botocore {recorded['botocore']}, "
                    f"installed is {botocore.__version__}")
    from botocore.loaders import Loader

    client = recorded["client"]
    assert path.parent.name == import_model.folder_of(client)
    model = import_model.import_service(Loader(), client, botocore.__version__)
    assert import_model.text(model) == committed


@pytest.mark.parametrize("path", MODELS, ids=lambda p: p.parent.name)
def test_no_documentation_text(path):
    assert '"documentation"' not in path.read_text()


@pytest.mark.parametrize("path", MODELS, ids=lambda p: p.parent.name)
def test_compiles_to_the_same_text_twice(path):
    def compiled():
        model = json.loads(path.read_text())
        patch = path.with_name("patch.json")
        if patch.exists():
            patch_model.apply_patch(model, json.loads(patch.read_text()))
        return compile_model.Compiler(model).compile(path.parent.name)

    assert compiled() == compiled()
