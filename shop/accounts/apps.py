from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Django's admin behind the shop's own door."""

    default_site = "shop.accounts.gate.StaffSite"
