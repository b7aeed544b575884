"""The settings: environment over TOML file over default."""

import dataclasses
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from headwater.kernel.errors import InvalidError


@dataclass(frozen=True)
class Settings:
    """Every setting with its default; docs/settings.md explains each one."""

    data: Path = Path("data")
    database_url: str = ""
    files: str = ""
    host: str = "127.0.0.1"
    port: int = 8400
    public_url: str = ""
    admin_token: str = ""
    secret_key: str = ""
    trusted_proxies: tuple[str, ...] = ()
    tls_certificate: str = ""
    tls_key: str = ""
    wire_hosts: Mapping[str, str] = field(default_factory=dict)
    max_body_bytes: int = 10 * 1024 * 1024
    max_upload_bytes: int = 4 * 1024 * 1024 * 1024
    time_zone: str = "UTC"
    week_start: int = 0
    sweep_seconds: int = 900
    alert_extra_fields: int = 10
    outbound_allow: tuple[str, ...] = ()
    outbound_deny: tuple[str, ...] = ()
    portal_link_days: int = 0
    crm_real_status: bool = False
    crm_origins: tuple[str, ...] = ()
    log_level: str = "info"

    @property
    def file_folder(self) -> Path:
        """Where stored documents and uploads lie: `files`, or the data folder."""
        return Path(self.files) if self.files else self.data

    @property
    def address(self) -> str:
        """What links use: `public_url`, or the address the server listens on."""
        scheme = "https" if self.tls_certificate else "http"
        return self.public_url.rstrip("/") or f"{scheme}://{self.host}:{self.port}"


def load(
    environment: Mapping[str, str] | None = None, overrides: Mapping[str, Any] | None = None
) -> Settings:
    """Read `HEADWATER_<NAME>` over `headwater.toml` in the data folder over defaults; `overrides` win.

    An unknown key in the file, or a value that cannot be read, is InvalidError `invalid_setting`.
    """
    environment = os.environ if environment is None else environment
    overrides = {name: value for name, value in (overrides or {}).items() if value is not None}
    data = Path(overrides.get("data") or environment.get("HEADWATER_DATA") or "data")
    values = _from_file(data / "headwater.toml")
    for each in dataclasses.fields(Settings):
        text = environment.get(f"HEADWATER_{each.name.upper()}")
        if text is not None:
            values[each.name] = text
    values.update(overrides)
    values["data"] = data
    settings = Settings(**{name: _convert(name, value) for name, value in values.items()})
    if settings.admin_token and len(settings.admin_token) < 32:
        raise InvalidError("invalid_setting", "HEADWATER_ADMIN_TOKEN needs at least 32 characters.")
    return settings


def _from_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidError("invalid_setting", f"{path} is not TOML: {error}.") from error
    known = {each.name for each in dataclasses.fields(Settings)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise InvalidError("invalid_setting", f"{path} has unknown settings: {', '.join(unknown)}.")
    return values


def _convert(name: str, value: Any) -> Any:
    default = next(each for each in dataclasses.fields(Settings) if each.name == name)
    kind = type(default.default) if default.default is not dataclasses.MISSING else dict
    try:
        return _READERS[kind](value)
    except (ValueError, KeyError) as error:
        detail = f"Setting {name} wants a {kind.__name__}; got {value!r}."
        raise InvalidError("invalid_setting", detail) from error


def _read_bool(value: Any) -> bool:
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[str(value).lower()]


def _read_list(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(str(part).strip() for part in parts if str(part).strip())


def _read_map(value: Any) -> dict[str, str]:
    if isinstance(value, str):
        value = dict(part.split("=", 1) for part in value.split(",") if part.strip())
    return {str(key).strip().lower(): str(item).strip() for key, item in value.items()}


_READERS: dict[type, Any] = {
    bool: _read_bool,
    int: int,
    str: str,
    tuple: _read_list,
    dict: _read_map,
    type(Path()): Path,
}
