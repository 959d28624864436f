import pytest

from checkout.payments.sandbox import wire


@pytest.mark.parametrize(
    ("encoded", "decoded"),
    [
        ("", {}),
        ("a=1&b=", {"a": "1", "b": ""}),
        ("a%5Bb%5D%5Bc%5D=1", {"a": {"b": {"c": "1"}}}),
        ("a[0]=x&a[1]=y", {"a": ["x", "y"]}),
        ("a[]=x&a[]=y", {"a": ["x", "y"]}),
        ("l[0][q]=1&l[1][q]=2", {"l": [{"q": "1"}, {"q": "2"}]}),
        ("a[1]=x", {"a": {"1": "x"}}),
        ("m[it's]=%C3%BC+x", {"m": {"it's": "ü x"}}),
    ],
)
def test_forms_are_read_with_their_brackets(encoded, decoded):
    assert wire.decode(encoded) == decoded


@pytest.mark.parametrize("encoded", ["a=1&a[b]=2", "a" + "[b]" * 9 + "=1"])
def test_contradictions_and_depths_are_refused(encoded):
    with pytest.raises(wire.ApiError) as refused:
        wire.decode(encoded)
    assert refused.value.status == 400


@pytest.mark.parametrize("value", ["", "1.5", "x", "1e3", "9" * 13, ["1"], {"a": "1"}])
def test_what_is_no_integer(value):
    with pytest.raises(wire.ApiError) as refused:
        wire.integer({"amount": value}, "amount")
    assert refused.value.body["error"]["param"] == "amount"


def test_keys_come_as_bearer_or_basic():
    def key(header: str) -> str:
        return wire.Request("GET", "/", "", {"authorization": header}, b"").key

    assert [key("Bearer sk_1"), key("Basic c2tfMTo="), key("Basic !"), key("")] == ["sk_1", "sk_1", "", ""]
