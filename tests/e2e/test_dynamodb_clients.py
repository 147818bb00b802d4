"""DynamoDB through official SDKs of other languages: each program asserts and ends with `ok`.
Skipped where a language, or the network to install from, is missing."""
import os
import pathlib
import shutil
import subprocess

import pytest

CLIENTS = pathlib.Path(__file__).resolve().parent / "clients"
BUILT = pathlib.Path(__file__).resolve().parents[2] / "build" / "clients"


def installed(language, tool, *command):
    """The program's folder under build/, made ready once; skips if it cannot be."""
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not on this machine")
    folder, stamp = BUILT / language, BUILT / language / "installed"
    sources = [path for path in sorted((CLIENTS / language).rglob("*")) if path.is_file()]
    content = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == content:
        return folder
    shutil.copytree(CLIENTS / language, folder, dirs_exist_ok=True)
    done = subprocess.run(command, cwd=folder, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=900, check=False)
    if done.returncode != 0:
        pytest.skip(f"{' '.join(command)} could not install: {done.stdout[-400:]}")
    stamp.write_text(content, encoding="utf-8")
    return folder


def expect_ok(squall, *command):
    said = squall.run(*command).stdout.strip()
    assert said.splitlines()[-1] == "ok", said


def test_javascript_document_client(squall):
    folder = installed("javascript", "npm", "npm", "install", "--no-fund", "--no-audit")
    expect_ok(squall, "node", folder / "document.mjs")


def test_go_attributevalue(squall):
    folder = installed("go", "go", "go", "build", "-o", "clients", ".")
    expect_ok(squall, folder / "clients")


def test_java_enhanced_client(squall):
    folder = installed("java", "mvn", "mvn", "-q", "-B", "compile",
                       "dependency:build-classpath", "-Dmdep.outputFile=classpath")
    classpath = (folder / "classpath").read_text(encoding="utf-8").strip()
    expect_ok(squall, "java", "-cp", os.pathsep.join([str(folder / "target/classes"), classpath]),
              "Enhanced")
