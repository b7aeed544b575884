"""HS256 JSON web tokens of the CRM dialect (crm.md section 2): claims `sub` and `exp`, others kept beside."""

from typing import Any

from headwater.kernel.errors import UnauthenticatedError


def encode(claims: dict[str, Any], key: bytes) -> str:
    """The signed token."""
    import jwt  # noqa: PLC0415 - 100 ms that only the CRM dialect needs

    return jwt.encode(claims, key, algorithm="HS256")


def decode(token: str, key: bytes, now_seconds: float) -> dict[str, Any]:
    """The claims of a good token; anything else is UnauthenticatedError `jwt_invalid` whose detail is the
    reason.

    Only HS256 is accepted; `sub` must be a whole number as text and `exp` must lie ahead.
    """
    import jwt  # noqa: PLC0415 - 100 ms that only the CRM dialect needs

    options: Any = {"require": ["sub", "exp"], "verify_exp": False, "verify_iat": False, "verify_nbf": False}
    try:
        claims = jwt.decode(token, key, algorithms=["HS256"], options=options)
    except jwt.InvalidTokenError as error:
        raise _invalid(str(error)) from error
    if not isinstance(claims["exp"], int | float) or claims["exp"] <= now_seconds:
        raise _invalid("Signature has expired")
    if not str(claims["sub"]).isdecimal():
        raise _invalid("sub is not a user id")
    return claims


def _invalid(reason: str) -> UnauthenticatedError:
    return UnauthenticatedError(
        "jwt_invalid", reason, hint="Get a new token: headwater token create NAME --jwt."
    )
