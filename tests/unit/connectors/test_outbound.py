"""Where we may connect to."""

import pytest

from headwater.connectors.outbound import OutboundPolicy
from headwater.kernel.errors import ForbiddenError, InvalidError


def is_refused(policy, url):
    try:
        policy.check_url(url)
    except ForbiddenError as error:
        assert error.code == "outbound_refused"
        return True
    return False


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://[fe80::1%25eth0]/",
        "http://[::ffff:169.254.169.254]/",
        "http://[fd00:ec2::254]/",
        "http://100.100.100.200/",
        "http://0.0.0.0/",
        "http://[::]/",
        "http://224.0.0.1/",
        "http://169.254.43518/",
        "http://2852039166/",
    ],
)
def test_metadata_and_other_special_addresses_are_refused(url):
    assert is_refused(OutboundPolicy(), url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8400/", "http://10.1.2.3/", "http://[::1]/", "https://example.org/"]
)
def test_private_loopback_and_public_addresses_are_allowed(url):
    assert not is_refused(OutboundPolicy(), url)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "gopher://x/", "http://", "//x/", "x"])
def test_only_http_addresses_are_taken(url):
    with pytest.raises(InvalidError) as caught:
        OutboundPolicy().check_url(url)
    assert caught.value.code == "invalid_url"


def test_denied_networks_and_names_are_refused():
    policy = OutboundPolicy(deny=("10.0.0.0/8", "*.internal"))
    assert is_refused(policy, "http://10.9.9.9/")
    assert is_refused(policy, "http://db.internal/")
    assert not is_refused(policy, "http://192.168.1.1/")


def test_an_exception_to_what_is_denied():
    policy = OutboundPolicy(allow=("api.example.org", "10.0.0.7"), deny=("*", "0.0.0.0/0"))
    assert not is_refused(policy, "http://api.example.org/")
    assert not is_refused(policy, "http://10.0.0.7/")
    assert is_refused(policy, "http://10.0.0.8/")


def test_no_exception_opens_the_metadata_address():
    assert is_refused(OutboundPolicy(allow=("169.254.169.254",)), "http://169.254.169.254/")


def test_a_name_that_leads_to_a_refused_address_is_refused():
    with pytest.raises(ForbiddenError):
        OutboundPolicy().check_address("rebind.example.org", "169.254.169.254")
