"""Commands of the whole twin: wired to its settings, its readings and its audit trail."""

from twin.clock import Clock
from twin.live import LiveWing
from twin.live.commands import CommandBook, Commands, MqttSender, Permits
from twin.live.commands.desk import Note
from twin.settings import Settings


def open_commands(settings: Settings, live: LiveWing, clock: Clock, note: Note) -> Commands:
    """Open the book of commands under the home of the settings; they are off unless the settings say otherwise.

    Raises:
        StorageError: the book of commands is damaged or newer than this program.
    """
    permits = Permits(
        frozenset(settings.command_proposers), frozenset(settings.command_confirmers), settings.command_per_hour
    )
    send = MqttSender(live.broker_address, lambda: live.root) if settings.commands else None
    return Commands(CommandBook(settings.home / "commands.sqlite"), live, send, permits, clock, note)
