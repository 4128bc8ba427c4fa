"""What tests of listening share."""

from tests.moderation.conftest import members  # noqa: F401 - a fixture
