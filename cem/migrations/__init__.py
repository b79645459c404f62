"""Schema changes, one file each, applied by every command that opens the database to write."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from surveys.database import Database


def configuration() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def upgrade(database: Database) -> None:
    """Bring the schema to this version; nothing happens where it is there already."""
    config = configuration()
    with database.writer.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
