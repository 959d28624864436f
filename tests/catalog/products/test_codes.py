"""The numbers on the goods."""

from uuid import uuid4

import pytest

from catalog.products import codes
from tests.factories.catalog import VariantFactory

pytestmark = pytest.mark.django_db


def test_variants_that_have_a_gtin_are_told_by_it(django_assert_num_queries):
    known, bare = VariantFactory(gtin="4006381333931"), VariantFactory(gtin="")
    with django_assert_num_queries(1):
        assert codes.gtins([known.pk, bare.pk, uuid4()]) == {known.pk: "4006381333931"}


@pytest.mark.parametrize("text", ["036000291452", "0036000291452", "00036000291452", " 036000291452\n"])
def test_zeros_before_a_gtin_do_not_count(text):
    variant = VariantFactory(gtin="036000291452")
    VariantFactory(gtin="4006381333931")
    assert codes.with_gtin(text) == [variant.pk]


@pytest.mark.parametrize("text", ["", "SKU-1", "1234567", "123456789012345", "٤٠٠٦٣٨١٣", "0" * 14])
def test_what_is_no_gtin_is_nobodys(text, django_assert_max_num_queries):
    VariantFactory(gtin="")
    with django_assert_max_num_queries(1):
        assert codes.with_gtin(text) == []
