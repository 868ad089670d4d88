"""What only a bucket does: refuse, be away, be full, hand out harmed bytes. On a real server, or what stands
between."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from enforcement.bucket_trouble import explain
from enforcement.errors import (
    EvidenceCorrupt,
    EvidenceError,
    EvidenceFull,
    EvidenceRefused,
    EvidenceUnreachable,
)
from enforcement.evidence_store import EvidenceStore, open_evidence
from scripts.local_cluster.s3_server import OWNER, READER, S3Server
from tests.enforcement.bucket_hands import BucketHands
from tests.enforcement.s3_middleman import Heard, Middleman, Said, refusal, sleepy
from tests.enforcement.samples import digest

CONTENT = b"a picture" * 100
DIGEST = digest(CONTENT)
KEY = f"open/{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"


@pytest.fixture
def hands(s3_server: S3Server, s3_place: str) -> BucketHands:
    return BucketHands(s3_server, s3_place)


@pytest.fixture
def middleman(s3_server: S3Server) -> Iterator[Middleman]:
    middleman = Middleman(s3_server.url)
    middleman.start()
    yield middleman
    middleman.stop()


@pytest.fixture
def through(s3_place: str, middleman: Middleman) -> EvidenceStore:
    """The bucket, spoken to through the middleman; it gives up soon."""
    opened = open_evidence(f"s3://{s3_place}?endpoint={middleman.url}&timeout_s=1&patience_s=0.5")
    middleman.heard.clear()
    return opened


def put(evidence: EvidenceStore) -> None:
    evidence.put(DIGEST, CONTENT, "image/jpeg", False)


def test_it_tells_the_server_what_it_is(s3_server: S3Server, s3_place: str, hands: BucketHands) -> None:
    put(open_evidence(s3_server.address(s3_place)))
    assert hands.media_type(KEY) == "image/jpeg"


def test_a_piece_that_is_there_is_not_written_again(through: EvidenceStore, middleman: Middleman) -> None:
    put(through)
    put(through)
    assert [heard.headers.get("if-none-match") for heard in middleman.heard if heard.method == "PUT"] == [
        "*",
        "*",
    ]


def test_a_piece_that_lies_there_cut_short_is_mended(through: EvidenceStore, hands: BucketHands) -> None:
    hands.change(KEY, CONTENT[:-1])
    put(through)
    assert through.get(DIGEST) == CONTENT


def test_a_server_that_knows_no_conditions_is_written_to_all_the_same(
    through: EvidenceStore, middleman: Middleman, hands: BucketHands
) -> None:
    middleman.on_request = lambda heard: (
        refusal(501, "NotImplemented") if "if-none-match" in heard.headers else None
    )
    put(through)
    assert hands.names() == [KEY]
    middleman.heard.clear()
    put(through)
    assert [heard.method for heard in middleman.heard] == ["PUT"]  # without asking for it again


@pytest.mark.parametrize("encryption", ["AES256", "aws:kms"])
def test_it_asks_the_server_to_encrypt(s3_place: str, middleman: Middleman, encryption: str) -> None:
    key = "&kms_key=key-7" if encryption == "aws:kms" else ""
    evidence = open_evidence(f"s3://{s3_place}?endpoint={middleman.url}&encryption={encryption}{key}")
    middleman.on_request = lambda _: Said(200, headers={"ETag": '"1"'})
    put(evidence)
    headers = middleman.heard[-1].headers
    assert headers["x-amz-server-side-encryption"] == encryption
    assert headers.get("x-amz-server-side-encryption-aws-kms-key-id") == ("key-7" if key else None)


def test_bytes_that_change_on_their_way_in_are_not_stored(
    through: EvidenceStore, middleman: Middleman, hands: BucketHands
) -> None:
    def harm(heard: Heard) -> None:
        heard.body = heard.body[:-1] + b"!" if heard.method == "PUT" else heard.body

    middleman.on_request = harm
    with pytest.raises(EvidenceError):
        put(through)
    assert hands.names() == []
    middleman.on_request = lambda _: None
    put(through)
    assert through.get(DIGEST) == CONTENT


def test_bytes_that_change_on_their_way_out_are_not_returned(
    through: EvidenceStore, middleman: Middleman
) -> None:
    put(through)
    middleman.on_answer = lambda _, said: Said(said.status, said.body[:-1] + b"!", said.headers)
    with pytest.raises(EvidenceCorrupt):
        through.get(DIGEST)


@pytest.mark.parametrize("after", [1, 2])
def test_a_server_that_is_busy_for_a_moment_is_asked_again(
    through: EvidenceStore, middleman: Middleman, after: int
) -> None:
    middleman.on_request = lambda _: refusal(503, "SlowDown") if len(middleman.heard) <= after else None
    put(through)
    assert len(middleman.heard) == after + 1


CALLS: dict[str, Callable[[EvidenceStore], object]] = {
    "put": put,
    "get": lambda evidence: evidence.get(DIGEST),
    "has": lambda evidence: evidence.has(DIGEST),
    "discard": lambda evidence: evidence.discard(DIGEST),
    "list": lambda evidence: list(evidence.digests()),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    ("said", "kind", "sentence"),
    [
        (refusal(503, "SlowDown"), EvidenceUnreachable, "cannot be reached: it says 503"),
        (refusal(507, "InsufficientStorage"), EvidenceFull, "is full"),
        (refusal(403, "AccessDenied"), EvidenceRefused, "do not have the right"),
    ],
)
def test_every_call_says_what_is_the_matter(
    through: EvidenceStore,
    middleman: Middleman,
    call: Callable[[EvidenceStore], object],
    said: Said,
    kind: type[EvidenceError],
    sentence: str,
) -> None:
    middleman.on_request = lambda _: said
    with pytest.raises(kind, match=sentence) as caught:
        call(through)
    assert type(caught.value) is kind
    assert "secret words" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_server_that_does_not_answer_is_not_waited_for_for_ever(
    through: EvidenceStore, middleman: Middleman
) -> None:
    middleman.on_request = sleepy(5.0)
    started = time.monotonic()
    with pytest.raises(EvidenceUnreachable, match="does not answer"):
        through.get(DIGEST)
    assert time.monotonic() - started < 4.0


@pytest.mark.parametrize(
    ("status", "code", "kind", "sentence"),
    [
        (403, "InvalidAccessKeyId", EvidenceRefused, "does not know the key"),
        (403, "SignatureDoesNotMatch", EvidenceRefused, "the secret does not belong to the key"),
        (403, "RequestTimeTooSkewed", EvidenceRefused, "set this machine's clock"),
        (400, "ExpiredToken", EvidenceRefused, "credentials have expired"),
        (400, "AuthorizationHeaderMalformed", EvidenceRefused, "in another region"),
        (400, "KMS.NotFoundException", EvidenceRefused, "refuses with 400 KMS.NotFoundException"),
        (404, "NoSuchBucket", EvidenceRefused, "there is no such bucket"),
        (403, "QuotaExceeded", EvidenceFull, "is full"),
        (500, "InternalError", EvidenceUnreachable, "it says 500 InternalError"),
    ],
)
def test_a_refusal_to_write_says_what_to_do(
    through: EvidenceStore,
    middleman: Middleman,
    status: int,
    code: str,
    kind: type[EvidenceError],
    sentence: str,
) -> None:
    middleman.on_request = lambda _: refusal(status, code)
    with pytest.raises(kind, match=sentence):
        put(through)


def test_an_error_that_nobody_foresaw_is_still_one_of_ours() -> None:
    assert type(explain(Exception("?"), "s3://evidence")) is EvidenceError


class TestCredentials:
    def test_who_may_only_look_cannot_put(
        self, s3_server: S3Server, s3_place: str, hands: BucketHands, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(open_evidence(s3_server.address(s3_place)))
        for name, value in s3_server.environment(READER).items():
            monkeypatch.setenv(name, value)
        evidence = open_evidence(s3_server.address(s3_place))
        assert evidence.get(DIGEST) == CONTENT
        with pytest.raises(EvidenceRefused, match=r"grant it \(docs/evidence.md"):
            evidence.put(digest(b"more"), b"more", "image/jpeg", False)
        with pytest.raises(EvidenceRefused):
            evidence.discard(DIGEST)
        assert hands.names() == [KEY]

    @pytest.mark.parametrize(
        ("who", "sentence"),
        [
            ((OWNER[0], "hidden-secret"), "the secret does not belong to the key"),
            (("hidden-key", "hidden-secret"), "does not know the key"),
        ],
    )
    def test_wrong_ones_are_told_at_once_and_not_repeated(
        self,
        s3_server: S3Server,
        s3_place: str,
        monkeypatch: pytest.MonkeyPatch,
        who: tuple[str, str],
        sentence: str,
    ) -> None:
        for name, value in s3_server.environment(who).items():
            monkeypatch.setenv(name, value)
        with pytest.raises(EvidenceRefused, match=sentence) as caught:
            open_evidence(s3_server.address(s3_place))
        assert "hidden" not in str(caught.value)

    def test_that_there_are_none_is_said(self, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in s3_server.environment():
            monkeypatch.delenv(name, raising=False)
        # Where a cloud's machine would be asked for them, something else answers.
        monkeypatch.setenv("AWS_METADATA_ENDPOINT", s3_server.url)
        with pytest.raises(EvidenceRefused, match="needs credentials, and there are none"):
            open_evidence(s3_server.address())

    def test_a_bucket_that_does_not_exist_is_named(
        self, s3_server: S3Server, s3_place: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in s3_server.environment(OWNER).items():
            monkeypatch.setenv(name, value)
        with pytest.raises(
            EvidenceRefused, match=r"s3://no-such-bucket at 127.0.0.1:.*there is no such bucket"
        ):
            open_evidence(s3_server.address("no-such-bucket"))
