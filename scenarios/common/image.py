"""Puts a small container image into ECR by ECR's own API, so that task definitions name images
that exist, and no Docker is needed."""
import gzip
import hashlib
import io
import json
import tarfile

LAYER_MEDIA = "application/vnd.oci.image.layer.v1.tar+gzip"
CONFIG_MEDIA = "application/vnd.oci.image.config.v1+json"
MANIFEST_MEDIA = "application/vnd.oci.image.manifest.v1+json"


def digest_of(blob):
    return "sha256:" + hashlib.sha256(blob).hexdigest()


def layer(files):
    """(compressed, digest of the uncompressed) of a tar archive: the same bytes every time."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, text in sorted(files.items()):
            entry = tarfile.TarInfo(path)
            entry.size = len(text.encode())
            entry.mode = 0o755
            tar.addfile(entry, io.BytesIO(text.encode()))
    return gzip.compress(archive.getvalue(), mtime=0), digest_of(archive.getvalue())


def descriptor(media_type, blob):
    return {"mediaType": media_type, "size": len(blob), "digest": digest_of(blob)}


def push_image(ecr, repository, tag, files, command):
    """An image of one layer that runs `command`; answers the image's URI by digest."""
    compressed, diff_id = layer(files)
    config = json.dumps({
        "architecture": "amd64", "os": "linux", "config": {"Cmd": command},
        "rootfs": {"type": "layers", "diff_ids": [diff_id]}}, sort_keys=True).encode()
    manifest = json.dumps({
        "schemaVersion": 2, "mediaType": MANIFEST_MEDIA,
        "config": descriptor(CONFIG_MEDIA, config),
        "layers": [descriptor(LAYER_MEDIA, compressed)]}, sort_keys=True)
    for blob in (config, compressed):
        push_blob(ecr, repository, blob)
    ecr.put_image(repositoryName=repository, imageManifest=manifest,
                  imageManifestMediaType=MANIFEST_MEDIA, imageTag=tag)


def push_blob(ecr, repository, blob):
    layers = ecr.batch_check_layer_availability(
        repositoryName=repository, layerDigests=[digest_of(blob)])["layers"]
    if layers and layers[0]["layerAvailability"] == "AVAILABLE":
        return
    upload = ecr.initiate_layer_upload(repositoryName=repository)["uploadId"]
    ecr.upload_layer_part(repositoryName=repository, uploadId=upload, partFirstByte=0,
                          partLastByte=len(blob) - 1, layerPartBlob=blob)
    ecr.complete_layer_upload(repositoryName=repository, uploadId=upload,
                              layerDigests=[digest_of(blob)])
