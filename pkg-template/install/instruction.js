// Salesforce: an administrator has to install the application's package before users can connect.

const PACKAGE = /^(https:\/\/)?login\.salesforce\.com\/packaging\/installPackage\.apexp/;
const LISTING = /^(https:\/\/)?appexchange\.salesforce\.com\/appxListingDetail/;

/** The content of the stage `instruction`, if the integration has one. The flow adds `finish`. */
export function instruction({ type, sdkIntegrationConfig: config }, accountType) {
  const configured = config?.authSchemeOptions?.packageInstallUrl;
  if (
    type !== "salesforce" ||
    typeof configured !== "string" ||
    !accountType ||
    accountType.id === "user-configured-oauth"
  ) {
    return undefined;
  }
  const isListing = LISTING.test(configured);
  if (!isListing && !PACKAGE.test(configured)) return undefined;
  const isSandbox = accountType.id === "sandbox";
  const complete = configured.startsWith("https://") ? configured : `https://${configured}`;
  const packageInstallUrl = isSandbox && !isListing ? complete.replace("//login.", "//test.") : complete;
  const content = isListing
    ? `## Add the app\n\nAn administrator of your Salesforce organisation has to add the app from AppExchange first, to the ${isSandbox ? "sandbox" : "production"} environment. Then you can connect your account.`
    : "## Install the package\n\nAn administrator of your Salesforce organisation has to install a package first. If others will connect their accounts, too, choose to install it for all users.";
  return {
    content,
    ctas: [
      { type: "link", label: isListing ? "Open AppExchange" : "Install", href: packageInstallUrl },
      { type: "copyButton", label: "Copy link", copyText: packageInstallUrl },
    ],
    packageInstallUrl,
  };
}
