"""Commands: a setpoint is proposed by one person, confirmed by another, sent, and seen to be obeyed."""

from twin.live.commands.book import CommandBook
from twin.live.commands.command import Command, CommandStatus, Permits, Proposal
from twin.live.commands.desk import Commands
from twin.live.commands.sending import MqttSender, Sender, encode_command, topic_of

__all__ = [
    "Command",
    "CommandBook",
    "CommandStatus",
    "Commands",
    "MqttSender",
    "Permits",
    "Proposal",
    "Sender",
    "encode_command",
    "topic_of",
]
