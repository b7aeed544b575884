"""Being welcomed, signing out and signing in."""

import re

from playwright.sync_api import expect

from tests.browser.look import look


def test_a_person_enters_by_a_link_and_comes_back_with_a_password(visitor, client):
    invited = {"name": "Bo Lind", "email": "bo@example.org", "scopes": ["records:read", "jobs"]}
    link = client.post("/api/users", json=invited).json()["link"]
    visitor.goto(link)
    expect(visitor.get_by_role("heading", name="Welcome to Headwater")).to_be_visible()
    visitor.get_by_label("Your name").fill("Bo Lind")
    visitor.get_by_label("E-mail").fill("bo@example.org")
    visitor.get_by_label("New password").fill("short")
    visitor.get_by_role("button", name="Set password and enter").click()
    expect(visitor.get_by_role("alert")).to_be_visible()
    look(visitor, "welcome")
    visitor.get_by_label("New password").fill("correct horse battery")
    visitor.get_by_role("button", name="Set password and enter").click()
    expect(visitor.get_by_role("heading", name="Home")).to_be_visible()

    visitor.get_by_role("button", name="Bo Lind").click()
    visitor.get_by_role("menuitem", name="Sign out").click()
    expect(visitor).to_have_url(re.compile("/sign-in"))
    visitor.goto("/jobs?status=error")
    visitor.get_by_label("E-mail").fill("bo@example.org")
    visitor.get_by_label("Password").fill("not this one")
    visitor.get_by_role("button", name="Sign in").click()
    expect(visitor.get_by_role("alert")).to_contain_text("wrong_sign_in")
    look(visitor, "sign-in")
    visitor.get_by_label("Password").fill("correct horse battery")
    visitor.get_by_role("button", name="Sign in").click()
    expect(visitor).to_have_url(re.compile(r"/jobs\?status=error"))


def test_an_address_without_its_secret_says_so(visitor):
    visitor.goto("/welcome")
    expect(visitor.get_by_text("This address lacks its secret part")).to_be_visible()
