"""Rules and alarms: raised and cleared with hysteresis, acknowledged, assigned, told at least once."""

from twin.live.rules.alarm import Alarm, AlarmState, Happening
from twin.live.rules.alarms import Alarms
from twin.live.rules.book import AlarmBook
from twin.live.rules.outbox import Mail, Message, Outbox, Webhook, mail, webhook
from twin.live.rules.rule import Rule, RuleKind, Severity, rule_from_json

__all__ = [
    "Alarm",
    "AlarmBook",
    "AlarmState",
    "Alarms",
    "Happening",
    "Mail",
    "Message",
    "Outbox",
    "Rule",
    "RuleKind",
    "Severity",
    "Webhook",
    "mail",
    "rule_from_json",
    "webhook",
]
