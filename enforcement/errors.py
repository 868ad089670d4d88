"""Errors of the enforcement side; each text is one sentence for a person."""

from __future__ import annotations

from streams.errors import RoadwitnessError


class StoreError(RoadwitnessError):
    """The store could not do what was asked."""


class StoreBusy(StoreError):
    """Another process has this embedded store open; only one may."""


class StoreUnreachable(StoreError):
    """The ClickHouse server does not answer, or refuses these credentials."""


class StoreFull(StoreError):
    """The disk under the store is full; what was written before is safe."""


class QueryFailed(StoreError):
    """ClickHouse refused a query; the text is its own message in one line."""


class RowsRefused(QueryFailed):
    """Rows hold a value that their column cannot hold; nothing of the block was stored."""


class NotReadOnly(QueryFailed):
    """A query that writes, or reads or writes files, where only reading the store is allowed."""


class MigrationFailed(StoreError):
    """A migration file was changed after it ran, is missing, or could not be applied."""


class RoleError(RoadwitnessError):
    """Roles were asked for that there are not, or under names that the store cannot have."""


class ExemptionError(RoadwitnessError):
    """An exemption or a list of them that cannot be kept."""


class RetentionError(RoadwitnessError):
    """A file of retention periods cannot be used; the text names the class and what to do."""


class DeskError(RoadwitnessError):
    """The desk's file cannot be used; the text says why and what to do."""


class AuditUnwritable(DeskError):
    """An entry cannot be written into the audit; what it would be about is not shown and not done."""


class PolicyError(RoadwitnessError):
    """A policy file cannot be used; the text names the field and what to do."""


class RoadError(RoadwitnessError):
    """A road's file cannot be used; the text names the line or zone and what to do."""


class GrammarError(RoadwitnessError):
    """A country's plate formats, or a prior over countries, cannot be used; the text names the place."""


class RegisterError(RoadwitnessError):
    """A register file cannot be imported; the text names the line."""


class RegisterUnreachable(RegisterError):
    """The register's service does not answer, or cannot just now; nothing is wrong with what was asked."""


class RegisterRefused(RegisterError):
    """The register's service answers and refuses, or answers what cannot be read; asking again is no use."""


class EvidenceError(RoadwitnessError):
    """A piece of evidence cannot be stored or returned."""


class EvidenceUnreachable(EvidenceError):
    """The place of the evidence does not answer, or cannot just now; nothing is wrong with what was asked."""


class EvidenceRefused(EvidenceError):
    """The place of the evidence answers and refuses: credentials, rights, settings, no such bucket."""


class EvidenceMissing(EvidenceError):
    """No evidence with this digest is there."""


class EvidenceCorrupt(EvidenceError):
    """The bytes do not have the digest that names them."""


class EvidenceFull(EvidenceError):
    """There is no more room for evidence; nothing half-written is left behind."""


class CaseFileError(RoadwitnessError):
    """A case package cannot be made, or is not what it should be; the message says what is wrong with it."""


class PictureUnreadable(RoadwitnessError):
    """A piece of evidence that should be a picture is none."""


class PapersError(RoadwitnessError):
    """A notice or letter cannot be made; the text says what is missing and what to do."""


class QualityError(RoadwitnessError):
    """What was asked of a rule's suspension cannot be; the text says why."""
