"""The Crust CRM dialect of 2018 (wire/crm.md): modules, contents and charts in its envelope."""
