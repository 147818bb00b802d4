"""A real registry client pushes to ECR and pulls from it: skopeo, over the registry's HTTP API."""
import base64
import gzip
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
import urllib.error
import urllib.request

import pytest

pytestmark = pytest.mark.skipif(shutil.which("skopeo") is None, reason="skopeo is not installed")


def store(layout, content):
    """Keeps a blob in the OCI layout; its descriptor without a type."""
    digest = hashlib.sha256(content).hexdigest()
    (layout / "blobs/sha256" / digest).write_bytes(content)
    return {"digest": f"sha256:{digest}", "size": len(content)}


def small_image(layout, text=b"hello"):
    """An OCI image of one layer with one file, made by hand; the manifest's digest."""
    (layout / "blobs/sha256").mkdir(parents=True)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo("hello.txt")
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text))
    layer = store(layout, gzip.compress(packed.getvalue(), mtime=0))
    config = store(layout, json.dumps({
        "architecture": "amd64", "os": "linux", "config": {},
        "rootfs": {"type": "layers",
                   "diff_ids": ["sha256:" + hashlib.sha256(packed.getvalue()).hexdigest()]},
    }).encode())
    manifest = store(layout, json.dumps({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **config},
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", **layer}],
    }).encode())
    (layout / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    (layout / "index.json").write_text(json.dumps({
        "schemaVersion": 2,
        "manifests": [{"mediaType": "application/vnd.oci.image.manifest.v1+json", **manifest,
                       "annotations": {"org.opencontainers.image.ref.name": "v1"}}]}))
    return manifest["digest"]


class Registry:
    def __init__(self, squall):
        self.squall = squall
        self.ecr = squall.client("ecr")
        self.host = squall.endpoint.removeprefix("http://")
        data = self.ecr.get_authorization_token()["authorizationData"][0]
        self.credentials = base64.b64decode(data["authorizationToken"]).decode()

    def skopeo(self, *arguments, ok=True):
        ended = subprocess.run(["skopeo", "--insecure-policy", *arguments], text=True, timeout=120,
                               capture_output=True, env=self.squall.environment)
        assert (ended.returncode == 0) == ok, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr

    def push(self, layout, name="shop/web:v1", ok=True):
        return self.skopeo("copy", "--dest-tls-verify=false", "--dest-creds", self.credentials,
                           f"oci:{layout}:v1", f"docker://{self.host}/{name}", ok=ok)

    def get(self, path, method="GET", body=None, headers=None, login=True):
        request = urllib.request.Request(self.squall.endpoint + path, method=method, data=body,
                                         headers=headers or {})
        if login:
            token = base64.b64encode(self.credentials.encode()).decode()
            request.add_header("Authorization", "Basic " + token)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, dict(refusal.headers), refusal.read()


@pytest.fixture
def registry(start_squall):
    server = Registry(start_squall("--pace", "held"))
    server.ecr.create_repository(repositoryName="shop/web")
    return server


def test_push_and_pull(registry, tmp_path):
    digest = small_image(tmp_path / "image")
    registry.push(tmp_path / "image")
    shown = registry.ecr.describe_images(repositoryName="shop/web")["imageDetails"]
    assert [(image["imageDigest"], image["imageTags"]) for image in shown] == [(digest, ["v1"])]
    registry.skopeo("copy", "--src-tls-verify=false", "--src-creds", registry.credentials,
                    f"docker://{registry.host}/shop/web:v1", f"oci:{tmp_path / 'back'}:v1")
    index = json.loads((tmp_path / "back/index.json").read_text())
    assert index["manifests"][0]["digest"] == digest
    listed = registry.skopeo("list-tags", "--tls-verify=false", "--creds", registry.credentials,
                             f"docker://{registry.host}/shop/web")
    assert json.loads(listed)["Tags"] == ["v1"]
    url = registry.ecr.get_download_url_for_layer(
        repositoryName="shop/web",
        layerDigest=json.loads((tmp_path / "back/blobs/sha256" / digest[7:]).read_text())
        ["layers"][0]["digest"])["downloadUrl"]
    path = "/" + url.split("/", 3)[3]
    assert registry.get(path, login=False)[0] == 200
    registry.skopeo("delete", "--tls-verify=false", "--creds", registry.credentials,
                    f"docker://{registry.host}/shop/web@{digest}")
    assert registry.ecr.describe_images(repositoryName="shop/web")["imageDetails"] == []


def test_who_may_not(registry, tmp_path):
    small_image(tmp_path / "image")
    assert "does not exist" in registry.push(tmp_path / "image", "none/such:v1", ok=False)
    status, headers, _ = registry.get("/v2/", login=False)
    assert status == 401 and headers["WWW-Authenticate"].startswith("Basic")
    registry.credentials = "AWS:nonsense"
    assert registry.get("/v2/")[0] == 401


def test_tags_that_stay(registry, tmp_path):
    registry.ecr.put_image_tag_mutability(repositoryName="shop/web",
                                          imageTagMutability="IMMUTABLE")
    small_image(tmp_path / "one")
    small_image(tmp_path / "two", b"other")
    registry.push(tmp_path / "one")
    registry.push(tmp_path / "one")
    assert "immutable" in registry.push(tmp_path / "two", ok=False)


def test_uploads_in_one_piece_and_in_chunks(registry):
    whole, path = b"0123456789", "/v2/shop/web/blobs/uploads/"
    digest = "sha256:" + hashlib.sha256(whole).hexdigest()
    status, headers, _ = registry.get(path, "POST", b"")
    assert status == 202
    where = headers["Location"]
    status, headers, _ = registry.get(where, "PATCH", whole[:4], {"Content-Range": "0-3"})
    assert (status, headers["Range"]) == (202, "0-3")
    assert registry.get(where, "PATCH", whole[6:], {"Content-Range": "6-9"})[0] == 416
    assert registry.get(where)[1]["Range"] == "0-3"
    assert registry.get(f"{where}?digest=sha256:{'0' * 64}", "PUT", whole[4:])[0] == 400
    status, headers, _ = registry.get(f"{where}?digest={digest}", "PUT", whole[4:])
    assert (status, headers["Docker-Content-Digest"]) == (201, digest)
    status, headers, body = registry.get(f"/v2/shop/web/blobs/{digest}", "HEAD")
    assert (status, headers["Content-Length"], body) == (200, "10", b"")
    assert registry.get(f"/v2/shop/web/blobs/{digest}")[2] == whole
    assert registry.get(f"{path}?digest={digest}", "POST", whole)[0] == 201
    assert registry.get(f"/v2/shop/web/blobs/{digest}", "DELETE")[0] == 202
    status, _, body = registry.get(f"/v2/shop/web/blobs/{digest}")
    assert status == 404 and json.loads(body)["errors"][0]["code"] == "BLOB_UNKNOWN"
    assert registry.get("/v2/shop/web/manifests/none")[0] == 404
    assert registry.get("/v2/_catalog")[0] == 405
    assert registry.get("/v2/shop/web/blobs/uploads/none")[0] == 404
    status, _, body = registry.get("/v2/shop/web/referrers/" + digest)
    assert status == 200 and json.loads(body)["manifests"] == []


def test_repositories_made_by_a_push(registry, tmp_path):
    registry.ecr.create_repository_creation_template(prefix="team", appliedFor=["CREATE_ON_PUSH"])
    small_image(tmp_path / "image")
    registry.push(tmp_path / "image", "team/made:v1")
    assert registry.ecr.describe_repositories(repositoryNames=["team/made"])["repositories"]
