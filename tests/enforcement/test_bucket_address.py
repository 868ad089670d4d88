"""The address of a bucket, and what is wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from enforcement.bucket_address import BucketAddress
from enforcement.errors import EvidenceError
from enforcement.evidence_store import open_evidence


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("s3://evidence", BucketAddress("evidence")),
        ("s3://evidence/", BucketAddress("evidence")),
        ("s3://evidence/north/a1/", BucketAddress("evidence", "north/a1")),
        (
            "s3://e-1?endpoint=http://10.0.0.7:9000&region=eu-west-1",
            BucketAddress("e-1", endpoint="http://10.0.0.7:9000", region="eu-west-1"),
        ),
        (
            "s3://evidence?encryption=aws:kms&kms_key=k1&timeout_s=3&patience_s=0.5",
            BucketAddress("evidence", encryption="aws:kms", kms_key="k1", timeout_s=3.0, patience_s=0.5),
        ),
    ],
)
def test_an_address_is_read(address: str, expected: BucketAddress) -> None:
    assert BucketAddress.parse(address) == expected


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("s3://", "no bucket's name"),
        ("s3://Evidence", "no bucket's name"),
        ("s3://KEY:hidden@evidence", "credentials through AWS_ACCESS_KEY_ID"),
        ("s3://evidence:9000", "not the address of a bucket"),
        ("s3://evidence/../other", "prefix '../other' cannot be used"),
        ("s3://evidence/a//b", "prefix 'a//b' cannot be used"),
        ("s3://evidence?endpoint=10.0.0.7:9000", "endpoint of a bucket must be http://"),
        ("s3://evidence?endpoint=http://key:hidden@host", "endpoint of a bucket must be http://"),
        ("s3://evidence?access_key=hidden", "no setting 'access_key': use ca_file, encryption, endpoint"),
        ("s3://evidence?encryption=rot13", "no encryption 'rot13': use one of AES256"),
        ("s3://evidence?kms_key=k1", "kms_key goes with encryption=aws:kms"),
        ("s3://evidence?timeout_s=soon", "timeout_s must be a number, not 'soon'"),
        ("s3://evidence?timeout_s=0", "timeout_s must be above 0"),
        ("s3://evidence?ca_file=/no/such/file", "ca_file /no/such/file cannot be read"),
        ("gs://evidence", "cannot be kept at gs://: give a folder, or s3://"),
    ],
)
def test_what_is_no_address_is_refused_with_a_sentence(address: str, sentence: str) -> None:
    with pytest.raises(EvidenceError, match=sentence) as caught:
        open_evidence(address)
    assert "hidden" not in str(caught.value)


def test_a_ca_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes(b"certificates")
    assert BucketAddress("evidence", ca_file=str(file)).authorities() == b"certificates"
