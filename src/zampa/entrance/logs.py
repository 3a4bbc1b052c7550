"""JSON log lines, with what may be a secret or a person's number struck out."""

from __future__ import annotations

import logging
import re

import structlog

_SECRET = re.compile(r"(?i)\b(password|secret|token|authorization|key)\b(\s*[=:]\s*)(\"[^\"]*\"|\S+)")
_ID_NUMBER = re.compile(r"\b\d{17}[\dXx]\b")
_URL_PASSWORD = re.compile(r"(://[^:/@\s]+:)[^@\s]+@")


def redact(line: str) -> str:
    """Strike out secrets spelled as key=value, passwords in addresses, and 18-digit identity numbers."""
    line = _SECRET.sub(r"\1\2***", line)
    line = _URL_PASSWORD.sub(r"\1***@", line)
    return _ID_NUMBER.sub("***", line)


def _redact_event(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {key: redact(value) if isinstance(value, str) else value for key, value in event.items()}


class JsonFormatter(structlog.stdlib.ProcessorFormatter):
    """One JSON object a line: time, level, logger, event."""

    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso"),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _redact_event,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )


def quiet_probe(record: logging.LogRecord) -> bool:
    """Filter for access logs: health probes say nothing."""
    return "/healthz" not in record.getMessage()
