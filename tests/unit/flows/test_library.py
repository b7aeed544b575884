"""What a run keeps of the documents that it was started with."""

from headwater.flows.library import Library, inline_library, load_library
from headwater.kernel.secrets import SecretBox

BOX = SecretBox("k" * 32)


def test_a_run_keeps_its_documents_and_no_secret_in_the_clear():
    exports = {"e1": {"http": {"headers": [{"name": "Authorization", "value": "secret-1"}]}}}
    library = Library({"name": "F"}, {"export": exports, "import": {}}, is_inline=False)

    text = library.dump(BOX)

    assert "secret-1" not in text
    assert load_library(text, BOX) == library


def test_an_inline_flow_keeps_its_connections_too():
    library = inline_library({"flow": {"name": "F"}, "connections": {"c1": {"http": {"token": "secret-1"}}}})

    text = library.dump(BOX)

    assert "secret-1" not in text
    assert load_library(text, BOX).find("connection", "c1") == {"http": {"token": "secret-1"}}
