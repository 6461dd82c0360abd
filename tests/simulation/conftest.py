"""laboratory    where the simulations of this process happen"""

import pytest

from tests.simulation.run import Laboratory


@pytest.fixture(scope="session")
def laboratory() -> Laboratory:
    return Laboratory()
