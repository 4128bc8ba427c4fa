"""How texts are translated when they are read."""

from common import i18n


def test_no_french_line_ends_before_a_sign_or_after_an_opening_quotation_mark():
    assert i18n._unbroken("« Oui » : 30 % ?") == "«\xa0Oui\xa0»\xa0: 30\xa0%\xa0?"
    assert i18n._unbroken(("http://x, {0} !", "à :b")) == ("http://x, {0}\xa0!", "à :b")
    with i18n.using_language("fr"):
        assert i18n.gettext("“This settles it”") == "«\xa0Ça règle mon souci\xa0»"
